import type { Plugin } from './plugin.ts'

/** Modules of BullMQ for PostgreSQL and for jobs that repeat on a schedule. */
const unused = /\/node_modules\/(?:bullmq\/dist\/esm\/postgres\/|cron-parser\/)/

/** Leaves out modules that packages import but the command never calls. They would be a tenth of the bundle. */
export const leaveOutUnused: Plugin = {
  name: 'leave-out-unused',
  setup(build) {
    build.onLoad({ filter: unused }, () => ({ contents: 'module.exports = {}' }))
  },
}
