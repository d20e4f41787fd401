import { ServiceFailure } from '../errors/service-failure.ts'

/**
 * Reads the members of a JSON object in an answer. `null` counts as missing. Each method throws a `ServiceFailure` if
 * the member does not have the type of the API or a required member is missing. The client then repeats the request.
 * The message names the member and never its value.
 */
export interface JsonMembers {
  text(name: string): string | undefined
  number(name: string): number | undefined
  boolean(name: string): boolean | undefined
  /** A time in seconds since 1970. */
  date(name: string): Date | undefined
  object(name: string): JsonMembers | undefined
  list(name: string): readonly JsonMembers[] | undefined
  /** A required text. */
  requiredText(name: string): string
  /** A required identifier of 32 characters. */
  requiredId(name: string): string
  /** A required version, in digits. */
  requiredVersion(name: string): string
  requiredObject(name: string): JsonMembers
  requiredList(name: string): readonly JsonMembers[]
}

/** Parses the body of an answer, which must be a JSON object. */
export function parseMembers(body: Uint8Array): JsonMembers {
  return membersOf(parseJson(body), 'the answer')
}

/** Returns the failure for an answer that breaks the API. The request is repeated. */
export function damaged(why: string, cause?: unknown): ServiceFailure {
  return new ServiceFailure('AHI_RESPONSE', `the answer is damaged: ${why}`, {
    statusCode: 200,
    retryable: true,
    cause,
  })
}

function parseJson(body: Uint8Array): unknown {
  if (body.length === 0) throw damaged('it is empty')
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    // The parser's message quotes the answer, so it is not passed on.
    throw damaged('it is not JSON')
  }
}

function membersOf(value: unknown, subject: string): JsonMembers {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw damaged(`${subject} is not an object`)
  const members = new Map<string, unknown>(Object.entries(value))

  function member<T>(name: string, expected: string, read: (value: unknown) => T | undefined): T | undefined {
    const given = members.get(name)
    if (given === undefined || given === null) return undefined
    const found = read(given)
    if (found === undefined) throw damaged(`${name} is not ${expected}`)
    return found
  }

  function required<T>(name: string, found: T | undefined): T {
    if (found === undefined) throw damaged(`it has no ${name}`)
    return found
  }

  function matching(name: string, form: RegExp): string {
    const text = required(name, self.text(name))
    if (!form.test(text)) throw damaged(`${name} is malformed`)
    return text
  }

  const self: JsonMembers = {
    text: (name) => member(name, 'text', (found) => (typeof found === 'string' ? found : undefined)),
    number: (name) => member(name, 'a number', (found) => (typeof found === 'number' ? found : undefined)),
    boolean: (name) => member(name, 'true or false', (found) => (typeof found === 'boolean' ? found : undefined)),
    date: (name) => member(name, 'a time', dateOf),
    object: (name) => member(name, 'an object', (found) => membersOf(found, name)),
    list: (name) => member(name, 'a list', (found) => (Array.isArray(found) ? itemsOf(found, name) : undefined)),
    requiredText: (name) => required(name, self.text(name)),
    requiredId: (name) => matching(name, /^[0-9a-z]{32}$/),
    requiredVersion: (name) => matching(name, /^\d+$/),
    requiredObject: (name) => required(name, self.object(name)),
    requiredList: (name) => required(name, self.list(name)),
  }
  return self
}

/** Most items of a list. AHI sends at most 50 per page. A parsed item takes a hundred times the memory of its text. */
const mostItems = 1000

function itemsOf(list: readonly unknown[], name: string): readonly JsonMembers[] {
  if (list.length > mostItems) throw damaged(`${name} has more than ${mostItems} items`)
  return list.map((item) => membersOf(item, `an item of ${name}`))
}

function dateOf(value: unknown): Date | undefined {
  if (typeof value !== 'number') return undefined
  const date = new Date(value * 1000)
  return Number.isNaN(date.getTime()) ? undefined : date
}
