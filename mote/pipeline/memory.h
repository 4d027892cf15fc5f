#pragma once

namespace mote::pipeline {

/// Lets the C library keep the memory of images between frames instead of asking the system for it,
/// cleared, again and again. For a program's main; of no effect but on time and memory.
void keep_memory();

/// Gives freed memory back to the system where the C library would keep it for later: between two
/// steps of a run that need it in different pieces, so that a run's peak is that of one step.
void give_back_memory();

}  // namespace mote::pipeline
