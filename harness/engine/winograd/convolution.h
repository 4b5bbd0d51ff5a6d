// Convolutions of 3 x 3 kernels, stride 1 and padding SAME by Winograd's algorithm F(4 x 4, 3 x 3) (Lavin and Gray, "Fast Algorithms
// for Convolutional Neural Networks", CVPR 2016): 36 products where the direct one needs 144. Images are [batch, height, width,
// channels], kernels [3, 3, in, out], all float32; numbers of channels are multiples of 16.
#pragma once
#include <cstddef>

namespace winograd {

struct Shape {
  std::size_t batch, height, width, in, out;
};

// One implementation an instruction set. `threads` share the work; the same number of them gives the same bytes. Each throws
// std::bad_alloc where there is no memory for the transformed images, a few megabytes a thread.
struct Convolutions {
  // y [batch, height, width, out] of x [batch, height, width, in].
  void (*forward)(const Shape&, const float* x, const float* kernel, float* y, int threads);
  // dx [batch, height, width, in] of dy [batch, height, width, out].
  void (*inputGradient)(const Shape&, const float* kernel, const float* dy, float* dx, int threads);
  // dkernel [3, 3, in, out] of x and dy.
  void (*kernelGradient)(const Shape&, const float* x, const float* dy, float* dkernel, int threads);
};

extern const Convolutions avx512, avx2;

}  // namespace winograd
