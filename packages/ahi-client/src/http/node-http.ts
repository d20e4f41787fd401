import type * as nodeHttp from 'node:http'
import type * as nodeHttps from 'node:https'

/**
 * HTTP of Node. An import of `node:http` reads all its exports; for `WebSocket`, which is one of them, Node then loads
 * undici: 30 ms of CPU time in each thread.
 */
export const http: typeof nodeHttp = process.getBuiltinModule('node:http')
/** HTTPS of Node. */
export const https: typeof nodeHttps = process.getBuiltinModule('node:https')
