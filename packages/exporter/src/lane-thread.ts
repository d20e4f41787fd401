/**
 * The module that the thread of a lane runs.
 * @module
 */
export { serveLane } from './lane/serve-lane.ts'
