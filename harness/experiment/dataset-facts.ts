/** What a plan needs to know of a data set, without opening one. */
export { catalogue as datasetFacts } from '../../datasets/catalogue.js';
