// Compiled once an instruction set, whose name INSTRUCTIONS is.
//
// Images are cut into tiles of 4 x 4 outputs, which see 6 x 6 inputs. A block of tiles is transformed to 36 matrices [tile, channel], each
// is multiplied by the kernels' matrix of the same position, and the products are transformed back. A block stays in the core's cache.
#include "convolution.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

#include "workers.h"

namespace winograd {
namespace {

#ifdef __AVX512F__
constexpr std::size_t lanes = 16;
#else
constexpr std::size_t lanes = 8;
#endif

typedef float Vector __attribute__((vector_size(4 * lanes)));
typedef float Unaligned __attribute__((vector_size(4 * lanes), aligned(4)));

inline Vector load(const float* from) { return *reinterpret_cast<const Unaligned*>(from); }
inline void store(float* to, Vector value) { *reinterpret_cast<Unaligned*>(to) = value; }

#define INLINE inline __attribute__((always_inline))
#define UNROLL _Pragma("GCC unroll 32")

constexpr std::size_t positions = 36;
constexpr std::size_t tileSize = 4, window = 6;
// A thread of its own is not worth it for fewer.
constexpr std::size_t fewestTiles = 24;

// Memory of a calling thread that is kept from call to call.
class Scratch {
 public:
  // Throws std::bad_alloc.
  float* floats(std::size_t count) {
    if (count > count_) {
      count_ = 0;
      memory_.reset();
      memory_.reset(static_cast<float*>(std::aligned_alloc(64, (4 * count + 63) / 64 * 64)));
      if (!memory_) throw std::bad_alloc();
      count_ = count;
    }
    return memory_.get();
  }

 private:
  struct Free {
    void operator()(float* memory) const { std::free(memory); }
  };
  std::unique_ptr<float, Free> memory_;
  std::size_t count_ = 0;
};

// The tiles of a batch, numbered by image, row and column, and how blocks of them go to threads.
struct Tiles {
  std::size_t rows, columns, count, perBlock, blocks;
  // Those of the threads asked for that have some tiles each.
  int threads;

  // `step`: blocks are whole multiples of so many tiles, at most `most`.
  Tiles(const Shape& shape, std::size_t step, std::size_t most, int asked)
      : rows((shape.height + tileSize - 1) / tileSize),
        columns((shape.width + tileSize - 1) / tileSize),
        count(shape.batch * rows * columns),
        threads(static_cast<int>(std::max<std::size_t>(1, std::min<std::size_t>(asked, count / fewestTiles)))) {
    const std::size_t each = (count + most - 1) / most;
    const std::size_t rounds = (each + threads - 1) / threads;
    const std::size_t even = (count + rounds * threads - 1) / (rounds * threads);
    perBlock = (even + step - 1) / step * step;
    blocks = (count + perBlock - 1) / perBlock;
  }
};

struct Block {
  const Shape& shape;
  const Tiles& tiles;
  std::size_t first, end;

  Block(const Shape& shape, const Tiles& tiles, std::size_t index)
      : shape(shape), tiles(tiles), first(index * tiles.perBlock), end(std::min(tiles.count, first + tiles.perBlock)) {}
  std::size_t size() const { return end - first; }
};

// Floats from one of the 36 matrices of a block to the next: not a power of two, or all would fall on the same lines of the cache.
std::size_t apart(const Tiles& tiles, std::size_t channels) { return tiles.perBlock * channels + 16; }

// B^T d for a row or column of 6 inputs; the points are 0, 1, -1, 2, -2 and infinity.
INLINE void transformInput(const Vector d[6], Vector out[6]) {
  const Vector even = d[4] - 4.f * d[2], odd = d[3] - 4.f * d[1];
  const Vector near = d[4] - d[2], far = 2.f * (d[3] - d[1]);
  out[0] = 4.f * d[0] - 5.f * d[2] + d[4];
  out[1] = even + odd;
  out[2] = even - odd;
  out[3] = near + far;
  out[4] = near - far;
  out[5] = 4.f * d[1] - 5.f * d[3] + d[5];
}

// A^T m: 4 outputs of 6 products.
INLINE void transformOutput(const Vector m[6], Vector out[4]) {
  const Vector sum1 = m[1] + m[2], difference1 = m[1] - m[2];
  const Vector sum2 = m[3] + m[4], difference2 = m[3] - m[4];
  out[0] = m[0] + sum1 + sum2;
  out[1] = difference1 + 2.f * difference2;
  out[2] = sum1 + 4.f * sum2;
  out[3] = difference1 + 8.f * difference2 + m[5];
}

// A y, the transpose of `transformOutput`.
INLINE void transformGradient(const Vector y[4], Vector out[6]) {
  const Vector even1 = y[0] + y[2], odd1 = y[1] + y[3];
  const Vector even2 = y[0] + 4.f * y[2], odd2 = 2.f * y[1] + 8.f * y[3];
  out[0] = y[0];
  out[1] = even1 + odd1;
  out[2] = even1 - odd1;
  out[3] = even2 + odd2;
  out[4] = even2 - odd2;
  out[5] = y[3];
}

// G: 6 values of the 3 of a kernel.
constexpr float kernelTransform[6][3] = {{1 / 4.f, 0, 0},
                                         {-1 / 6.f, -1 / 6.f, -1 / 6.f},
                                         {-1 / 6.f, 1 / 6.f, -1 / 6.f},
                                         {1 / 24.f, 1 / 12.f, 1 / 6.f},
                                         {1 / 24.f, -1 / 12.f, 1 / 6.f},
                                         {0, 0, 1}};

// The `side` x `side` pixels of a tile, the first at (`top`, `left`); zero outside the image.
template <std::size_t side>
INLINE void loadPixels(const Shape& shape, const float* image, std::size_t pixel, std::ptrdiff_t top, std::ptrdiff_t left,
                       std::size_t row, Vector out[side]) {
  const std::ptrdiff_t y = top + static_cast<std::ptrdiff_t>(row), width = shape.width, height = shape.height;
  const float* line = image + (y * width + left) * static_cast<std::ptrdiff_t>(pixel);
  const std::ptrdiff_t s = side;
  if (y < 0 || y >= height) {
    UNROLL for (std::size_t i = 0; i < side; ++i) out[i] = Vector{};
  } else if (left >= 0 && left + s <= width) {
    UNROLL for (std::size_t i = 0; i < side; ++i) out[i] = load(line + i * pixel);
  } else {
    UNROLL for (std::ptrdiff_t i = 0; i < s; ++i)
      out[i] = left + i >= 0 && left + i < width ? load(line + i * static_cast<std::ptrdiff_t>(pixel)) : Vector{};
  }
}

// Some channels of images: the first is at `data`, from one pixel to the next are `pixel` floats.
template <typename Float>
struct Images {
  Float* data;
  std::size_t channels, pixel;
};

// Transforms a block of tiles, each of `side` x `side` pixels from `before` pixels above and left of its outputs, to 36 matrices.
template <std::size_t side, std::ptrdiff_t before, void transform(const Vector*, Vector*)>
INLINE void toMatrices(const Block& block, const Images<const float>& images, float* matrices) {
  const auto& [shape, tiles, first, end] = block;
  const std::size_t channels = images.channels, pixel = images.pixel;
  const std::size_t between = apart(tiles, channels), imageSize = shape.height * shape.width * pixel;
  for (std::size_t tile = first; tile < end; ++tile) {
    const float* image = images.data + tile / (tiles.rows * tiles.columns) * imageSize;
    const std::ptrdiff_t top = tile / tiles.columns % tiles.rows * tileSize - before;
    const std::ptrdiff_t left = tile % tiles.columns * tileSize - before;
    float* out = matrices + (tile - first) * channels;
    for (std::size_t channel = 0; channel < channels; channel += lanes) {
      Vector half[side][window];
      UNROLL for (std::size_t i = 0; i < side; ++i) {
        Vector pixels[side];
        loadPixels<side>(shape, image + channel, pixel, top, left, i, pixels);
        transform(pixels, half[i]);
      }
      UNROLL for (std::size_t j = 0; j < window; ++j) {
        Vector column[side], whole[window];
        UNROLL for (std::size_t i = 0; i < side; ++i) column[i] = half[i][j];
        transform(column, whole);
        UNROLL for (std::size_t i = 0; i < window; ++i) store(out + (i * window + j) * between + channel, whole[i]);
      }
    }
  }
}

// Writes a block's outputs, of 36 matrices of products.
void fromMatrices(const Block& block, const float* matrices, const Images<float>& images) {
  const auto& [shape, tiles, first, end] = block;
  const std::size_t channels = images.channels, pixel = images.pixel;
  const std::size_t between = apart(tiles, channels), imageSize = shape.height * shape.width * pixel;
  for (std::size_t tile = first; tile < end; ++tile) {
    float* image = images.data + tile / (tiles.rows * tiles.columns) * imageSize;
    const std::size_t top = tile / tiles.columns % tiles.rows * tileSize, left = tile % tiles.columns * tileSize;
    const std::size_t rows = std::min(tileSize, shape.height - top), columns = std::min(tileSize, shape.width - left);
    const float* products = matrices + (tile - first) * channels;
    for (std::size_t channel = 0; channel < channels; channel += lanes) {
      Vector half[window][tileSize];
      UNROLL for (std::size_t i = 0; i < window; ++i) {
        Vector row[window];
        UNROLL for (std::size_t j = 0; j < window; ++j) row[j] = load(products + (i * window + j) * between + channel);
        transformOutput(row, half[i]);
      }
      UNROLL for (std::size_t j = 0; j < tileSize; ++j) {
        Vector column[window], whole[tileSize];
        UNROLL for (std::size_t i = 0; i < window; ++i) column[i] = half[i][j];
        transformOutput(column, whole);
        if (j < columns)
          for (std::size_t i = 0; i < rows; ++i)
            store(image + ((top + i) * shape.width + left + j) * pixel + channel, whole[i]);
      }
    }
  }
}

// A matrix in memory: element (i, j) is data[i * row + j * column].
struct Matrix {
  const float* data;
  std::size_t row, column;
};

// `height` rows and `width` vectors of a product of `depth` terms; `add` it to what is there, or put it there.
template <std::size_t height, std::size_t width, bool add>
INLINE void multiplyPart(const Matrix& a, const Matrix& b, float* c, std::size_t row, std::size_t depth) {
  Vector sums[height][width];
  UNROLL for (std::size_t i = 0; i < height; ++i)
    UNROLL for (std::size_t j = 0; j < width; ++j) sums[i][j] = add ? load(c + i * row + j * lanes) : Vector{};
  for (std::size_t k = 0; k < depth; ++k) {
    Vector terms[width];
    UNROLL for (std::size_t j = 0; j < width; ++j) terms[j] = load(b.data + k * b.row + j * lanes);
    UNROLL for (std::size_t i = 0; i < height; ++i) {
      const float factor = a.data[i * a.row + k * a.column];
      UNROLL for (std::size_t j = 0; j < width; ++j) sums[i][j] += factor * terms[j];
    }
  }
  UNROLL for (std::size_t i = 0; i < height; ++i)
    UNROLL for (std::size_t j = 0; j < width; ++j) store(c + i * row + j * lanes, sums[i][j]);
}

// c [rows, columns] of a [rows, depth] and b [depth, columns], in parts of `height` rows and `width` vectors that fit the registers;
// `height * together` rows share what they read of b.
template <std::size_t height, std::size_t width, std::size_t together, bool add>
void multiply(const Matrix& a, const Matrix& b, float* c, std::size_t rows, std::size_t columns, std::size_t depth) {
  for (std::size_t band = 0; band < rows; band += height * together)
    for (std::size_t j = 0; j < columns; j += width * lanes)
      for (std::size_t i = band; i < std::min(rows, band + height * together); i += height)
        multiplyPart<height, width, add>({a.data + i * a.row, a.row, a.column}, {b.data + j, b.row, 1}, c + i * columns + j,
                                         columns, depth);
}

// Tiles of a block are a multiple of this.
constexpr std::size_t blockStep = lanes == 16 ? 24 : 6;

// products [tile, out] of inputs [tile, in] and kernels [in, out].
void multiplyTiles(const float* inputs, const float* kernels, float* products, std::size_t tiles, std::size_t in, std::size_t out) {
  const std::size_t rows = (tiles + blockStep - 1) / blockStep * blockStep;
  const Matrix a{inputs, in, 1}, b{kernels, out, 1};
  if constexpr (lanes == 8) return multiply<6, 2, 8, false>(a, b, products, rows, out, in);
  if (out % 32 == 0) return multiply<12, 2, 4, false>(a, b, products, rows, out, in);
  multiply<24, 1, 2, false>(a, b, products, rows, out, in);
}

// Adds to sums [in, out] the product of the transpose of inputs [tile, in] and gradients [tile, out].
void addOuterProducts(const float* inputs, const float* gradients, float* sums, std::size_t tiles, std::size_t in, std::size_t out) {
  const Matrix a{inputs, 1, in}, b{gradients, out, 1};
  if constexpr (lanes == 8) return multiply<4, 2, 4, true>(a, b, sums, in, out, tiles);
  if (out % 32 == 0) return multiply<8, 2, 2, true>(a, b, sums, in, out, tiles);
  multiply<16, 1, 1, true>(a, b, sums, in, out, tiles);
}

// Large kernels are read from outside the core's cache once a block, which therefore has more tiles.
std::size_t tilesPerBlock(std::size_t in, std::size_t out) { return in * out > 128 * 128 ? 96 : 48; }

// The part of `count` vectors that falls to a thread.
struct Share {
  std::size_t first, end;
  Share(std::size_t count, int thread, int threads)
      : first(count * thread / threads), end(count * (thread + 1) / threads) {}
};

// Kernels [3, 3, in, out], of which the outputs from `first` on, `width` of them, are meant.
template <typename Float>
struct Kernels {
  Float* data;
  std::size_t in, out, first, width;

  // Vectors of those outputs.
  std::size_t vectors() const { return in * width / lanes; }
  // Where a vector's value at position `at` of the kernel is.
  Float* at(std::size_t at, std::size_t vector) const {
    const std::size_t each = width / lanes;
    return data + (at * in + vector / each) * out + first + vector % each * lanes;
  }
};

// Part of the 36 matrices [in, width] of kernels.
void transformKernels(const Kernels<const float>& kernels, const Share& share, float* matrices) {
  const std::size_t size = kernels.in * kernels.width;
  for (std::size_t vector = share.first; vector < share.end; ++vector) {
    Vector half[6][3];
    UNROLL for (std::size_t i = 0; i < 6; ++i)
      UNROLL for (std::size_t j = 0; j < 3; ++j) {
        half[i][j] = Vector{};
        UNROLL for (std::size_t k = 0; k < 3; ++k) half[i][j] += kernelTransform[i][k] * load(kernels.at(3 * k + j, vector));
      }
    UNROLL for (std::size_t i = 0; i < 6; ++i)
      UNROLL for (std::size_t j = 0; j < 6; ++j) {
        Vector value{};
        UNROLL for (std::size_t k = 0; k < 3; ++k) value += kernelTransform[j][k] * half[i][k];
        store(matrices + (window * i + j) * size + vector * lanes, value);
      }
  }
}

// Part of the kernels whose 36 matrices [in, width] are the sum of `count` ones: transformed by the transpose of G.
void transformBack(const float* matrices, int count, const Share& share, const Kernels<float>& kernels) {
  const std::size_t size = kernels.in * kernels.width;
  for (std::size_t vector = share.first; vector < share.end; ++vector) {
    Vector half[3][6] = {};
    UNROLL for (std::size_t j = 0; j < 6; ++j)
      UNROLL for (std::size_t k = 0; k < 6; ++k) {
        Vector sum{};
        for (int one = 0; one < count; ++one) sum += load(matrices + (one * positions + window * k + j) * size + vector * lanes);
        UNROLL for (std::size_t i = 0; i < 3; ++i) half[i][j] += kernelTransform[k][i] * sum;
      }
    UNROLL for (std::size_t i = 0; i < 3; ++i)
      UNROLL for (std::size_t j = 0; j < 3; ++j) {
        Vector value{};
        UNROLL for (std::size_t k = 0; k < 6; ++k) value += kernelTransform[k][j] * half[i][k];
        store(kernels.at(3 * i + j, vector), value);
      }
  }
}

// Outputs that are computed at a time. Where all tiles are one block, each of the kernels' matrices is used once, and a few outputs at a
// time keep them in the core's cache; else the matrices are made before, or summed until the last block.
std::size_t widthOf(const Tiles& tiles, std::size_t out) {
  if (tiles.blocks > 1) return out;
  return out % 32 == 0 ? 32 : 16;
}

// The kernels [3, 3, out, in] by which dy is convolved: turned by half a turn, with in and out swapped.
void turn(const float* kernel, std::size_t in, std::size_t out, float* turned) {
  for (std::size_t at = 0; at < 9; ++at)
    for (std::size_t i = 0; i < in; ++i)
      for (std::size_t o = 0; o < out; ++o) turned[((8 - at) * out + o) * in + i] = kernel[(at * in + i) * out + o];
}

void forward(const Shape& shape, const float* x, const float* kernel, float* y, int asked) {
  static thread_local Scratch scratch;
  const auto [batch, height, rowWidth, in, out] = shape;
  const Tiles tiles(shape, blockStep, tilesPerBlock(in, out), asked);
  const int threads = tiles.threads;
  const std::size_t width = widthOf(tiles, out), size = in * width;
  const std::size_t inputsApart = apart(tiles, in), productsApart = apart(tiles, width);
  const std::size_t each = positions * (inputsApart + productsApart);
  float* matrices = scratch.floats(positions * size + threads * each);
  const auto kernelsFrom = [&, in = in, out = out](std::size_t first) { return Kernels<const float>{kernel, in, out, first, width}; };
  if (width == out)
    together(threads, [&](int thread) {
      transformKernels(kernelsFrom(0), Share(size / lanes, thread, threads), matrices);
    });
  together(threads, [&, in = in, out = out](int thread) {
    float* inputs = matrices + positions * size + thread * each;
    float* products = inputs + positions * inputsApart;
    const Share share(tiles.blocks, thread, threads);
    for (std::size_t index = share.first; index < share.end; ++index) {
      const Block block(shape, tiles, index);
      toMatrices<window, 1, transformInput>(block, {x, in, in}, inputs);
      for (std::size_t first = 0; first < out; first += width) {
        if (width < out) transformKernels(kernelsFrom(first), Share(size / lanes, 0, 1), matrices);
        for (std::size_t at = 0; at < positions; ++at)
          multiplyTiles(inputs + at * inputsApart, matrices + at * size, products + at * productsApart, block.size(), in, width);
        fromMatrices(block, products, {y + first, width, out});
      }
    }
  });
}

void inputGradient(const Shape& shape, const float* kernel, const float* dy, float* dx, int threads) {
  static thread_local Scratch scratch;
  float* turned = scratch.floats(9 * shape.in * shape.out);
  turn(kernel, shape.in, shape.out, turned);
  forward({shape.batch, shape.height, shape.width, shape.out, shape.in}, dy, turned, dx, threads);
}

void kernelGradient(const Shape& shape, const float* x, const float* dy, float* dkernel, int asked) {
  static thread_local Scratch scratch;
  const auto [batch, height, rowWidth, in, out] = shape;
  const Tiles tiles(shape, 1, tilesPerBlock(in, out), asked);
  const int threads = tiles.threads;
  const std::size_t width = widthOf(tiles, out), size = in * width;
  const std::size_t inputsApart = apart(tiles, in), gradientsApart = apart(tiles, width);
  const std::size_t each = positions * (inputsApart + gradientsApart);
  float* sums = scratch.floats(threads * (positions * size + each));
  const auto kernelsFrom = [&, in = in, out = out](std::size_t first) { return Kernels<float>{dkernel, in, out, first, width}; };
  together(threads, [&, in = in, out = out](int thread) {
    float* own = sums + positions * size * thread;
    float* inputs = sums + positions * size * threads + each * thread;
    float* gradients = inputs + positions * inputsApart;
    std::memset(own, 0, positions * size * sizeof(float));
    const Share share(tiles.blocks, thread, threads);
    for (std::size_t index = share.first; index < share.end; ++index) {
      const Block block(shape, tiles, index);
      toMatrices<window, 1, transformInput>(block, {x, in, in}, inputs);
      for (std::size_t first = 0; first < out; first += width) {
        toMatrices<tileSize, 0, transformGradient>(block, {dy + first, width, out}, gradients);
        for (std::size_t at = 0; at < positions; ++at)
          addOuterProducts(inputs + at * inputsApart, gradients + at * gradientsApart, own + at * size, block.size(), in, width);
        if (width == out) continue;
        transformBack(own, 1, Share(size / lanes, 0, 1), kernelsFrom(first));
        std::memset(own, 0, positions * size * sizeof(float));
      }
    }
  });
  if (width == out)
    together(threads, [&](int thread) { transformBack(sums, threads, Share(size / lanes, thread, threads), kernelsFrom(0)); });
}

}  // namespace

const Convolutions INSTRUCTIONS{forward, inputGradient, kernelGradient};

}  // namespace winograd
