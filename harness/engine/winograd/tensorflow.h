// What is used of TensorFlow's C interface (tensorflow/c/kernels.h, ops.h, tf_tensor.h, tf_status.h), whose own headers are not whole in
// every distribution. The symbols are those of the library that the process has open.
#pragma once
#include <cstddef>
#include <cstdint>

extern "C" {
struct TF_Status;
struct TF_Tensor;
struct TF_OpDefinitionBuilder;
struct TF_KernelBuilder;
struct TF_OpKernelConstruction;
struct TF_OpKernelContext;
struct TF_ShapeInferenceContext;

constexpr int TF_OK = 0, TF_RESOURCE_EXHAUSTED = 8;
constexpr int TF_FLOAT = 1;

TF_Status* TF_NewStatus();
void TF_DeleteStatus(TF_Status*);
int TF_GetCode(const TF_Status*);
void TF_SetStatus(TF_Status*, int code, const char* message);

void TF_DeleteTensor(TF_Tensor*);
std::int64_t TF_Dim(const TF_Tensor*, int index);
void* TF_TensorData(const TF_Tensor*);

TF_OpDefinitionBuilder* TF_NewOpDefinitionBuilder(const char* type);
void TF_OpDefinitionBuilderAddInput(TF_OpDefinitionBuilder*, const char* input);
void TF_OpDefinitionBuilderAddOutput(TF_OpDefinitionBuilder*, const char* output);
void TF_OpDefinitionBuilderAddAttr(TF_OpDefinitionBuilder*, const char* attribute);
void TF_OpDefinitionBuilderSetShapeInferenceFunction(TF_OpDefinitionBuilder*, void (*infer)(TF_ShapeInferenceContext*, TF_Status*));
void TF_ShapeInferenceContextSetUnknownShape(TF_ShapeInferenceContext*, TF_Status*);
// Takes the builder over, as `TF_RegisterKernelBuilder` does.
void TF_RegisterOpDefinition(TF_OpDefinitionBuilder*, TF_Status*);

TF_KernelBuilder* TF_NewKernelBuilder(const char* type, const char* device, void* (*create)(TF_OpKernelConstruction*),
                                      void (*compute)(void* kernel, TF_OpKernelContext*), void (*destroy)(void* kernel));
void TF_RegisterKernelBuilder(const char* name, TF_KernelBuilder*, TF_Status*);

void TF_OpKernelConstruction_GetAttrInt32(TF_OpKernelConstruction*, const char* name, std::int32_t* value, TF_Status*);
void TF_OpKernelConstruction_Failure(TF_OpKernelConstruction*, TF_Status*);
void TF_OpKernelContext_Failure(TF_OpKernelContext*, TF_Status*);
void TF_GetInput(TF_OpKernelContext*, int index, TF_Tensor**, TF_Status*);
TF_Tensor* TF_AllocateOutput(TF_OpKernelContext*, int index, int type, const std::int64_t* dimensions, int rank, std::size_t bytes,
                             TF_Status*);
}
