import type { Plugin } from './plugin.ts'

/** Modules of BullMQ for PostgreSQL, and what it reads calendars with for jobs that come again and again. */
const unused = /\/node_modules\/(?:bullmq\/dist\/esm\/postgres\/|cron-parser\/)/

/** Leaves modules out of the bundle that packages import and that nothing here calls: they are a tenth of it. */
export const leaveOutUnused: Plugin = {
  name: 'leave-out-unused',
  setup(build) {
    build.onLoad({ filter: unused }, () => ({ contents: 'module.exports = {}' }))
  },
}
