// Compares the convolutions of each instruction set that this processor has with sums in double precision. Prints a line for each
// instruction set, shape and number of threads: the norms of the three differences, as parts of the values' norms.
#include <cmath>
#include <cstdio>
#include <vector>

#include "../../../../harness/engine/winograd/convolution.h"

using winograd::Convolutions;
using winograd::Shape;

namespace {

std::vector<float> numbers(std::size_t count, unsigned seed) {
  std::vector<float> values(count);
  for (float& value : values) {
    seed = seed * 1664525u + 1013904223u;
    value = (seed >> 8) / 8388608.f - 1;
  }
  return values;
}

struct Case {
  Shape shape;
  std::vector<float> x, kernel, dy;
  std::vector<double> y, dx, dkernel;

  explicit Case(const Shape& s)
      : shape(s),
        x(numbers(s.batch * s.height * s.width * s.in, 1)),
        kernel(numbers(9 * s.in * s.out, 2)),
        dy(numbers(s.batch * s.height * s.width * s.out, 3)),
        y(dy.size()),
        dx(x.size()),
        dkernel(kernel.size()) {
    for (std::size_t n = 0; n < s.batch; ++n)
      for (std::size_t row = 0; row < s.height; ++row)
        for (std::size_t column = 0; column < s.width; ++column)
          for (std::size_t at = 0; at < 9; ++at) {
            const std::size_t above = row + at / 3, left = column + at % 3;
            if (above < 1 || left < 1 || above > s.height || left > s.width) continue;
            const std::size_t from = ((n * s.height + above - 1) * s.width + left - 1) * s.in;
            const std::size_t to = ((n * s.height + row) * s.width + column) * s.out;
            for (std::size_t i = 0; i < s.in; ++i)
              for (std::size_t o = 0; o < s.out; ++o) {
                const std::size_t k = (at * s.in + i) * s.out + o;
                y[to + o] += static_cast<double>(x[from + i]) * kernel[k];
                dx[from + i] += static_cast<double>(dy[to + o]) * kernel[k];
                dkernel[k] += static_cast<double>(x[from + i]) * dy[to + o];
              }
          }
  }
};

double difference(const std::vector<float>& found, const std::vector<double>& wanted) {
  double squares = 0, norm = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    squares += (found[i] - wanted[i]) * (found[i] - wanted[i]);
    norm += wanted[i] * wanted[i];
  }
  return std::sqrt(squares / norm);
}

void compare(const char* name, const Convolutions& convolutions, const Case& one, int threads) {
  std::vector<float> y(one.y.size()), dx(one.dx.size()), dkernel(one.dkernel.size());
  convolutions.forward(one.shape, one.x.data(), one.kernel.data(), y.data(), threads);
  convolutions.inputGradient(one.shape, one.kernel.data(), one.dy.data(), dx.data(), threads);
  convolutions.kernelGradient(one.shape, one.x.data(), one.dy.data(), dkernel.data(), threads);
  std::printf("%s %d %g %g %g\n", name, threads, difference(y, one.y), difference(dx, one.dx), difference(dkernel, one.dkernel));
}

}  // namespace

int main() {
  const Shape shapes[] = {{2, 8, 8, 16, 16},   {3, 5, 9, 32, 48},  {1, 4, 4, 16, 64},
                          {7, 16, 16, 32, 32}, {2, 8, 8, 144, 128}, {30, 4, 7, 48, 16}};
  for (const Shape& shape : shapes) {
    const Case one(shape);
    for (int threads : {1, 2, 5}) {
      compare("avx2", winograd::avx2, one, threads);
      if (__builtin_cpu_supports("avx512f")) compare("avx512", winograd::avx512, one, threads);
    }
  }
}
