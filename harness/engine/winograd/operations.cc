// TensorFlow operations over the convolutions, made with its C interface for kernels. They have the inputs of TensorFlow's own
// (Conv2D, Conv2DBackpropInput, Conv2DBackpropFilter), and tell nothing of their output's shape: who adds one to a graph knows it.
#include "convolution.h"

#include <initializer_list>
#include <new>

#include "tensorflow.h"

namespace winograd {
namespace {

const Convolutions& convolutions() {
  static const Convolutions& chosen = __builtin_cpu_supports("avx512f") ? avx512 : avx2;
  return chosen;
}

struct Kernel {
  int threads;
};

void* create(TF_OpKernelConstruction* construction) {
  TF_Status* status = TF_NewStatus();
  int threads = 1;
  TF_OpKernelConstruction_GetAttrInt32(construction, "threads", &threads, status);
  if (TF_GetCode(status) != TF_OK) TF_OpKernelConstruction_Failure(construction, status);
  TF_DeleteStatus(status);
  return new Kernel{threads};
}

void destroy(void* kernel) { delete static_cast<Kernel*>(kernel); }

int threadsOf(void* kernel) { return static_cast<Kernel*>(kernel)->threads; }

// The inputs of one call and its output; what fails is told to TensorFlow.
class Call {
 public:
  explicit Call(TF_OpKernelContext* context) : context_(context), status_(TF_NewStatus()) {}
  ~Call() {
    for (TF_Tensor* tensor : tensors_)
      if (tensor != nullptr) TF_DeleteTensor(tensor);
    TF_DeleteStatus(status_);
  }
  Call(const Call&) = delete;

  // A tensor, or nullptr after a failure.
  TF_Tensor* input(int index) {
    TF_GetInput(context_, index, &tensors_[index], status_);
    return checked(index);
  }
  float* output(std::initializer_list<std::size_t> shape) {
    std::int64_t dimensions[4], count = 1;
    int rank = 0;
    for (std::size_t dimension : shape) count *= dimensions[rank++] = static_cast<std::int64_t>(dimension);
    tensors_[outputs] = TF_AllocateOutput(context_, 0, TF_FLOAT, dimensions, rank, 4 * count, status_);
    return floats(checked(outputs));
  }
  // Runs what may find no memory.
  template <typename Work>
  void compute(Work work) {
    try {
      work();
    } catch (const std::bad_alloc&) {
      TF_SetStatus(status_, TF_RESOURCE_EXHAUSTED, "no memory for a convolution's transformed images");
      TF_OpKernelContext_Failure(context_, status_);
    }
  }
  static float* floats(TF_Tensor* tensor) { return tensor == nullptr ? nullptr : static_cast<float*>(TF_TensorData(tensor)); }

 private:
  static constexpr int outputs = 3;

  TF_Tensor* checked(int index) {
    if (TF_GetCode(status_) == TF_OK) return tensors_[index];
    TF_OpKernelContext_Failure(context_, status_);
    return nullptr;
  }

  TF_OpKernelContext* context_;
  TF_Status* status_;
  TF_Tensor* tensors_[4] = {};
};

std::size_t dimension(const TF_Tensor* tensor, int index) { return static_cast<std::size_t>(TF_Dim(tensor, index)); }

// Of images [batch, height, width, ...].
Shape shapeOf(const TF_Tensor* images, std::size_t in, std::size_t out) {
  return {dimension(images, 0), dimension(images, 1), dimension(images, 2), in, out};
}

void forward(void* kernel, TF_OpKernelContext* context) {
  Call call(context);
  TF_Tensor *x = call.input(0), *filter = call.input(1);
  if (x == nullptr || filter == nullptr) return;
  const Shape shape = shapeOf(x, dimension(filter, 2), dimension(filter, 3));
  if (float* y = call.output({shape.batch, shape.height, shape.width, shape.out}))
    call.compute([&] { convolutions().forward(shape, Call::floats(x), Call::floats(filter), y, threadsOf(kernel)); });
}

void inputGradient(void* kernel, TF_OpKernelContext* context) {
  Call call(context);
  TF_Tensor *filter = call.input(1), *dy = call.input(2);
  if (filter == nullptr || dy == nullptr) return;
  const Shape shape = shapeOf(dy, dimension(filter, 2), dimension(filter, 3));
  if (float* dx = call.output({shape.batch, shape.height, shape.width, shape.in}))
    call.compute([&] { convolutions().inputGradient(shape, Call::floats(filter), Call::floats(dy), dx, threadsOf(kernel)); });
}

void kernelGradient(void* kernel, TF_OpKernelContext* context) {
  Call call(context);
  TF_Tensor *x = call.input(0), *dy = call.input(2);
  if (x == nullptr || dy == nullptr) return;
  const Shape shape = shapeOf(x, dimension(x, 3), dimension(dy, 3));
  if (float* gradient = call.output({3, 3, shape.in, shape.out}))
    call.compute([&] { convolutions().kernelGradient(shape, Call::floats(x), Call::floats(dy), gradient, threadsOf(kernel)); });
}

void add(const char* type, std::initializer_list<const char*> inputs, void (*compute)(void*, TF_OpKernelContext*), TF_Status* status) {
  if (TF_GetCode(status) != TF_OK) return;
  TF_OpDefinitionBuilder* definition = TF_NewOpDefinitionBuilder(type);
  for (const char* input : inputs) TF_OpDefinitionBuilderAddInput(definition, input);
  TF_OpDefinitionBuilderAddOutput(definition, "output: float");
  TF_OpDefinitionBuilderAddAttr(definition, "threads: int");
  TF_OpDefinitionBuilderSetShapeInferenceFunction(definition, TF_ShapeInferenceContextSetUnknownShape);
  TF_RegisterOpDefinition(definition, status);
  if (TF_GetCode(status) == TF_OK)
    TF_RegisterKernelBuilder(type, TF_NewKernelBuilder(type, "CPU", create, compute, destroy), status);
}

}  // namespace
}  // namespace winograd

// Whether this processor has the instructions.
extern "C" int winograd_supported() {
  return __builtin_cpu_supports("avx512f") || (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"));
}

// Makes the operations known to the TensorFlow of this process, once.
extern "C" void winograd_register(TF_Status* status) {
  using namespace winograd;
  add("WinogradConv2D", {"input: float", "filter: float"}, forward, status);
  add("WinogradConv2DBackpropInput", {"input_sizes: int32", "filter: float", "out_backprop: float"}, inputGradient, status);
  add("WinogradConv2DBackpropFilter", {"input: float", "filter_sizes: int32", "out_backprop: float"}, kernelGradient, status);
}
