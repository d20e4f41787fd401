import module from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// The variable, because threads enable the cache by it alone. The folder is the one that Node.js takes by default.
process.env['NODE_COMPILE_CACHE'] ??= join(tmpdir(), 'node-compile-cache')
module.enableCompileCache()
const { main } = await import('./main.ts')
await main()
