/** The engine for everybody who uses TensorFlow.js: functions and models as graphs, on the devices that one names. */
export { openEngine, type EngineOptions } from './api/open-engine.js';
export { GraphEngine, type GraphFunction } from './api/graph-engine.js';
export { LayersTraining, type TrainingOptions } from './api/layers/training.js';
export { Profile, type ProfileRow } from './api/profile.js';
export type { StepGraph, StepOperation, StepOutput, StepAttribute, Pass } from './step-graph.js';
export { Problem, type Place } from '../core/problem.js';
