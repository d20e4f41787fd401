import type { Agent as HttpAgent } from 'node:http'
import type { Agent as HttpsAgent } from 'node:https'
import type { SocketConstructorOpts } from 'node:net'
import type { SecureContext } from 'node:tls'

import { http, https } from './node-http.ts'

/** HTTP and HTTPS agents that keep sockets open between requests. */
export interface Agents {
  readonly http: HttpAgent
  /** Created on first use, because loading its certificates takes time that plain HTTP need not spend. */
  readonly https: HttpsAgent
  /** Closes all sockets. */
  destroy(): void
}

/** Options of {@link createAgents}. */
export interface AgentOptions {
  readonly maxConnections: number
  /** Silence in milliseconds after which a socket is closed. */
  readonly timeoutMs: number
  /**
   * The certificates that TLS connections trust. Read when the first connection is made. Default: the certificates of
   * Node.js.
   */
  readonly secureContext: SecureContext | undefined
}

/** Most bytes that Node.js reads from a socket at once. */
const receiveBufferByteLength = 65_536

/** Creates two agents with `maxConnections` sockets each. */
export function createAgents(options: AgentOptions): Agents {
  const plain = withReceiveBuffers(new http.Agent(poolOf(options)))
  let secure: HttpsAgent | undefined
  return {
    http: plain,
    get https() {
      return (secure ??= withReceiveBuffers(new https.Agent(securePoolOf(options))))
    },
    destroy() {
      plain.destroy()
      secure?.destroy()
    },
  }
}

/** Creates the agent for https requests through the tunnel of a proxy. Its package is loaded only then. */
export async function createTunnelAgent(proxy: URL, options: AgentOptions): Promise<HttpAgent> {
  const { HttpsProxyAgent } = await import('https-proxy-agent')
  const agent = new HttpsProxyAgent(proxy, securePoolOf(options))
  // Without this, the package inspects the stack of each request to find the protocol.
  agent.protocol = 'https:'
  return agent
}

function poolOf({ maxConnections, timeoutMs }: AgentOptions): AgentSettings {
  return { keepAlive: true, maxSockets: maxConnections, maxFreeSockets: maxConnections, timeout: timeoutMs }
}

function securePoolOf(options: AgentOptions): AgentSettings {
  const { secureContext } = options
  return secureContext === undefined ? poolOf(options) : { ...poolOf(options), secureContext }
}

interface AgentSettings {
  readonly keepAlive: boolean
  readonly maxSockets: number
  readonly maxFreeSockets: number
  readonly timeout: number
  readonly secureContext?: SecureContext
}

/**
 * Makes each socket of an agent reuse one receive buffer. By default, every read allocates memory, which takes a
 * quarter of the time of a frame. The HTTP parser copies the bytes, so reuse is safe.
 */
function withReceiveBuffers<T extends HttpAgent>(agent: T): T {
  const connect = agent.createConnection.bind(agent)
  agent.createConnection = (options, callback) => {
    const buffer = Buffer.allocUnsafeSlow(receiveBufferByteLength)
    const receive = (byteLength: number): boolean => {
      socket?.emit('data', buffer.subarray(0, byteLength))
      return true
    }
    const received: typeof options & Pick<SocketConstructorOpts, 'onread'> = {
      ...options,
      onread: { buffer, callback: receive },
    }
    const socket = connect(received, callback)
    return socket
  }
  return agent
}
