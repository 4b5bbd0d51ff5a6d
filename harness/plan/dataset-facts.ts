/** What a plan needs to know of a data set, without opening one. */
export { catalogue as datasetFacts, datasetNames, type DatasetName } from '../../datasets/catalogue.js';

/** Height and width of the images that sizes of steps and step times are of. */
export const usualSide = 32;
