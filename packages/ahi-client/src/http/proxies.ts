import { BlockList, isIP } from 'node:net'

import { ServiceFailure } from '../errors/service-failure.ts'

/** The protocol, host and port that a request goes to. */
export interface Target {
  readonly protocol: string
  /** An IPv6 address may be in brackets. */
  readonly hostname: string
  readonly port: number | undefined
}

/** Returns the proxy for a request. `undefined` if the request goes directly to its host. */
export type ProxyChoice = (target: Target) => URL | undefined

/**
 * Returns the proxy choice of the environment: `HTTPS_PROXY` for https, `HTTP_PROXY` for http, and `NO_PROXY` for hosts
 * without a proxy, in lower or upper case. `undefined` if no proxy is set. This machine and link-local addresses (the
 * metadata services of EC2 and ECS) never use a proxy.
 *
 * @throws {ServiceFailure} if a proxy is not an http or https URL, or its password is not percent-encoded
 * @example
 * import { proxiesOf } from '@ahi-dicom/ahi-client/http'
 *
 * const proxyOf = proxiesOf({ HTTPS_PROXY: 'http://127.0.0.1:3128', NO_PROXY: '10.0.0.1' })
 * console.log(proxyOf?.({ protocol: 'https:', hostname: '10.0.0.1', port: 443 })) // undefined
 * console.log(proxyOf?.({ protocol: 'https:', hostname: '10.0.0.2', port: 443 })?.port) // 3128
 */
export function proxiesOf(env: NodeJS.ProcessEnv): ProxyChoice | undefined {
  const secure = proxyUrl(env, 'https_proxy')
  const plain = proxyUrl(env, 'http_proxy')
  if (secure === undefined && plain === undefined) return undefined
  const exceptions = exceptionsOf(valueOf(env, 'no_proxy') ?? '')
  return (target) => {
    const proxy = target.protocol === 'https:' ? secure : plain
    if (proxy === undefined) return undefined
    const host = hostOf(target)
    return isLocal(host) || exceptions.some((matches) => matches(host)) ? undefined : proxy
  }
}

function valueOf(env: NodeJS.ProcessEnv, name: string): string | undefined {
  return env[name] || env[name.toUpperCase()] || undefined
}

function proxyUrl(env: NodeJS.ProcessEnv, name: string): URL | undefined {
  const value = valueOf(env, name)?.trim()
  if (value === undefined || value === '') return undefined
  const url = URL.parse(value.includes('://') ? value : `http://${value}`)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    const isSocks = /^socks/i.test(value)
    throw unusable(name, isSocks ? 'is a SOCKS proxy, which is not supported' : 'is not an http or https URL')
  }
  // A slash, a question mark or a hash in a password makes the URL parse as a host with a path.
  const isHostAlone = url.pathname === '/' && url.search === '' && url.hash === ''
  if (isHostAlone && isDecodable(url.username) && isDecodable(url.password)) return url
  throw unusable(name, 'has characters in its user name or password that must be percent-encoded, such as %25 for %')
}

function isDecodable(text: string): boolean {
  try {
    return decodeURIComponent(text) !== undefined
  } catch {
    return false
  }
}

/** Returns the failure for an unusable proxy. It does not show the value, which may contain a password. */
function unusable(name: string, why: string): ServiceFailure {
  const reason = `the proxy of ${name.toUpperCase()} ${why}`
  return new ServiceFailure('AHI_VALIDATION', reason, { advice: 'give it as http://user:password@host:port' })
}

interface Host {
  readonly name: string
  readonly port: number
  /** 4, 6, or 0 if the name is not an IP address. */
  readonly ipVersion: number
}

function hostOf({ protocol, hostname, port }: Target): Host {
  const name = hostname.replace(/^\[|\]$/g, '').toLowerCase()
  return { name, port: port ?? (protocol === 'https:' ? 443 : 80), ipVersion: isIP(name) }
}

const localAddresses = new BlockList()
localAddresses.addSubnet('127.0.0.0', 8, 'ipv4')
localAddresses.addSubnet('169.254.0.0', 16, 'ipv4')
localAddresses.addAddress('::1', 'ipv6')
localAddresses.addSubnet('fe80::', 10, 'ipv6')
localAddresses.addSubnet('fd00:ec2::', 32, 'ipv6')

function isLocal({ name, ipVersion }: Host): boolean {
  if (ipVersion === 0) return name === 'localhost' || name.endsWith('.localhost')
  return localAddresses.check(name, ipVersion === 6 ? 'ipv6' : 'ipv4')
}

type Exception = (host: Host) => boolean

/** Parses NO_PROXY. A name also covers its subdomains, as in the AWS CLI. A port, if given, must match. */
function exceptionsOf(list: string): Exception[] {
  const entries = list.toLowerCase().split(/[\s,]+/)
  return entries.filter((entry) => entry !== '').map(exceptionOf)
}

function exceptionOf(entry: string): Exception {
  if (entry === '*') return () => true
  const [, network = '', bits = ''] = /^([\da-f.:]+)\/(\d{1,3})$/.exec(entry) ?? []
  if (isIP(network) !== 0) return inNetwork(network, Number(bits))
  const [, name = '', port] = /^\[?([^[\]]*?)\]?(?::(\d+))?$/.exec(isIP(entry) === 6 ? `[${entry}]` : entry) ?? []
  const domain = name.replace(/^\*?\./, '')
  return (host) =>
    (port === undefined || Number(port) === host.port) && (host.name === domain || host.name.endsWith(`.${domain}`))
}

function inNetwork(network: string, bits: number): Exception {
  const version = isIP(network)
  if (bits > (version === 4 ? 32 : 128)) return () => false
  const family = version === 4 ? 'ipv4' : 'ipv6'
  const list = new BlockList()
  list.addSubnet(network, bits, family)
  return ({ name, ipVersion }) => ipVersion === version && list.check(name, family)
}
