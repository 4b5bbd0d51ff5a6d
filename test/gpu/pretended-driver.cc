// As much of NVIDIA's driver as TensorFlow asks before it opens NVIDIA's libraries: one card of compute capability 8.0.
#include <cstdio>

extern "C" {
int cuInit(unsigned) { return 0; }
int cuDriverGetVersion(int *version) {
  *version = 12090;
  return 0;
}
int cuDeviceGetCount(int *count) {
  *count = 1;
  return 0;
}
int cuDeviceGet(int *device, int index) {
  *device = index;
  return 0;
}
int cuDeviceGetAttribute(int *value, int attribute, int) {
  const int computeCapabilityMajor = 75, computeCapabilityMinor = 76;
  *value = attribute == computeCapabilityMajor ? 8 : attribute == computeCapabilityMinor ? 0 : 1;
  return 0;
}
int cuDeviceGetName(char *name, int length, int) {
  std::snprintf(name, length, "pretended card");
  return 0;
}
int cuDeviceTotalMem_v2(unsigned long *bytes, int) {
  *bytes = 1ul << 34;
  return 0;
}
}
