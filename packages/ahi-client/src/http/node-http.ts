import type * as nodeHttp from 'node:http'
import type * as nodeHttps from 'node:https'

/**
 * The module `node:http`. An import would read all its exports, even `WebSocket`, which makes Node.js load undici: 30
 * ms of CPU time in each thread.
 */
export const http: typeof nodeHttp = process.getBuiltinModule('node:http')
/** The module `node:https`. */
export const https: typeof nodeHttps = process.getBuiltinModule('node:https')
