/**
 * The module that a lane runs in its thread.
 * @module
 */
export { serveLane } from './lane/serve-lane.ts'
