import type { Plugin } from './plugin.ts'

/** Replaces the modules of Node.js by empty ones. The codecs use them only in Node.js. */
export const withoutNode: Plugin = {
  name: 'without-node',
  setup(build) {
    build.onResolve({ filter: /^(?:fs|path)$/ }, ({ path }) => ({ path, namespace: 'nothing' }))
    build.onLoad({ filter: /.*/, namespace: 'nothing' }, () => ({ contents: 'module.exports = {}' }))
  },
}
