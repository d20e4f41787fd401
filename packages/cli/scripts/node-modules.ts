import { isBuiltin } from 'node:module'
import type { Plugin } from './plugin.ts'

/** Lets bundled CommonJS code load modules of Node.js. ES modules have no `require`. */
export const requireNodeModules: Plugin = {
  name: 'require-node-modules',
  setup(build) {
    build.onResolve({ filter: /^[a-z]/ }, ({ path, kind }) =>
      kind === 'require-call' && isBuiltin(path) ? { path, namespace: 'node-module' } : undefined,
    )
    build.onLoad({ filter: /.*/, namespace: 'node-module' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`,
    }))
  },
}
