/** Reads a YAML file that anybody may have written. */
import { readTextFile } from '../../core/files/read-file.js';
import { YamlDocument } from './yaml-document.js';

/** The project's own are below 10 kB. */
const mostBytes = 1_000_000;

/** @throws Problem FILE_UNREADABLE, FILE_TOO_LARGE, ENCODING_UNKNOWN, YAML_INVALID */
export const readYamlFile = (path: string): YamlDocument =>
  YamlDocument.parse(readTextFile(path, { limit: mostBytes }), path);
