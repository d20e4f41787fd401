import type { Agent } from 'node:http'
import type { SecureContext } from 'node:tls'

import { type AgentOptions, createAgents, createTunnelAgent } from './agents.ts'
import type { ProxyChoice, Target } from './proxies.ts'

/** The way that requests to one host take. */
export interface Route {
  readonly agent: Agent
  /** Protocol, host and port to connect to. For http through a proxy, this is the proxy. */
  readonly target: Target
  /** Text before the path of the request: the URL of the host for http through a proxy, otherwise empty. */
  readonly pathPrefix: string
  readonly headers: Readonly<Record<string, string>>
  readonly secureContext: SecureContext | undefined
  /** True if requests go through a proxy, which may fail instead of the host. */
  readonly isProxied: boolean
}

/** The routes of one transport. */
export interface Routes {
  /** Returns the route to a host. Returns a promise if a package must be loaded first. */
  to(target: Target): Route | Promise<Route>
  /** Closes all sockets. */
  close(): void
}

/** Options of {@link createRoutes}. */
export interface RouteOptions extends AgentOptions {
  readonly proxyOf: ProxyChoice | undefined
}

/**
 * Creates the routes of one transport.
 *
 * @example
 * import { createRoutes, proxiesOf } from '@ahi-dicom/ahi-client/http'
 *
 * const proxyOf = proxiesOf(process.env)
 * const routes = createRoutes({ proxyOf, maxConnections: 4, timeoutMs: 10_000, secureContext: undefined })
 * const { isProxied } = await routes.to({ protocol: 'http:', hostname: '127.0.0.1', port: 8042 })
 * console.log(isProxied) // false
 * routes.close()
 */
export function createRoutes(options: RouteOptions): Routes {
  const { proxyOf } = options
  const agents = createAgents(options)
  const tunnels = new Map<string, Promise<Agent>>()
  const proxied = new Map<string, Route | Promise<Route>>()

  function direct(target: Target): Route {
    const agent = target.protocol === 'https:' ? agents.https : agents.http
    return { agent, target, pathPrefix: '', headers: {}, secureContext: undefined, isProxied: false }
  }

  async function tunnel(target: Target, proxy: URL): Promise<Route> {
    const agent = tunnels.get(proxy.href) ?? createTunnelAgent(proxy, options)
    tunnels.set(proxy.href, agent)
    return {
      agent: await agent,
      target,
      pathPrefix: '',
      headers: {},
      secureContext: options.secureContext,
      isProxied: true,
    }
  }

  function forward({ protocol, hostname, port }: Target, proxy: URL): Route {
    return {
      agent: proxy.protocol === 'https:' ? agents.https : agents.http,
      target: { protocol: proxy.protocol, hostname: proxy.hostname, port: portOf(proxy) },
      pathPrefix: `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`,
      headers: authorization(proxy),
      secureContext: undefined,
      isProxied: true,
    }
  }

  return {
    to: (target) => {
      if (proxyOf === undefined) return direct(target)
      const key = `${target.protocol}//${target.hostname}:${target.port ?? ''}`
      const known = proxied.get(key)
      if (known !== undefined) return known
      const proxy = proxyOf(target)
      if (proxy === undefined) return direct(target)
      const { protocol, hostname, port } = target
      const host = { protocol, hostname, port }
      const route = protocol === 'https:' ? tunnel(host, proxy) : forward(host, proxy)
      proxied.set(key, route)
      return route
    },
    close: () => {
      agents.destroy()
      for (const agent of tunnels.values()) void agent.then((tunnelling) => tunnelling.destroy())
    },
  }
}

function portOf({ port }: URL): number | undefined {
  return port === '' ? undefined : Number(port)
}

function authorization({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {}
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { 'proxy-authorization': `Basic ${Buffer.from(text).toString('base64')}` }
}
