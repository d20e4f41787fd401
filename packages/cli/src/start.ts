import module from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// Threads enable the compile cache only by this variable. The folder is the default of Node.js.
process.env['NODE_COMPILE_CACHE'] ??= join(tmpdir(), 'node-compile-cache')
module.enableCompileCache()
const { main } = await import('./main.ts')
await main()
