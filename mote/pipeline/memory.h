#pragma once

namespace mote::pipeline {

/// Gives freed memory back to the system where the C library would keep it for later: between two
/// steps of a run that need it in different pieces, so that a run's peak is that of one step.
void give_back_memory();

}  // namespace mote::pipeline
