"""What mrcfile, the reader of the MRC authors, makes of a file that mote wrote.

    mrc_peer.py FILE TYPE     3 images of 5 x 7; sample i is i * 3 % 100; 0.2 x 0.3 nm (y, x)

Ends with 77 where there is no mrcfile.
"""
import sys

try:
    import mrcfile
    import numpy as np
except ImportError as error:
    print(error)
    sys.exit(77)


def check(what, found, expected):
    if found != expected:
        sys.exit(f"{what}: {found}, expected {expected}")


def main(path, dtype):
    check("validity", mrcfile.validate(path, print_file=sys.stdout), True)
    with mrcfile.open(path) as file:
        check("stack", file.is_image_stack(), True)
        check("type", file.data.dtype, np.dtype(dtype))
        expected = (np.arange(3 * 5 * 7) * 3 % 100).reshape(3, 5, 7)
        check("samples", (file.data == expected).all(), True)
        size = file.voxel_size
        check("angstroms", (round(float(size.y), 5), round(float(size.x), 5)), (2, 3))


if __name__ == "__main__":
    main(*sys.argv[1:])
