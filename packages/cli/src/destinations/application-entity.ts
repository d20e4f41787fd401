import { isAeTitle } from '@ahi-dicom/exporter-dimse/ae-title'
import { UsageError } from '../errors.ts'

/** A DICOM application entity, and how it is called. */
export interface ApplicationEntity {
  readonly isEncrypted: boolean
  readonly host: string
  readonly port: number | undefined
  readonly calledAeTitle: string
  readonly callingAeTitle: string | undefined
}

const schemes = /^dicom(s?):\/\/(.*)$/iu
/** Name or address, and a port. */
const place = /^(?:\[([0-9a-f:.]+)\]|([^:[\]/?#@\s]+))(?::(\d{1,5}))?\/?$/iu
const greatestPort = 65_535

/**
 * Returns the application entity of a text such as `dicom://CALLING@CALLED@HOST:104`, or undefined if its scheme is another.
 * AE titles may be percent-encoded.
 *
 * @throws {UsageError} for a text that is none
 */
export function parseEntity(text: string): ApplicationEntity | undefined {
  const [, secure, rest] = schemes.exec(text) ?? []
  if (rest === undefined) return undefined
  const refuse = (why: string): never => {
    throw new UsageError(`Cannot use '${text}' as destination: ${why}; give dicom://[CALLING@]CALLED@HOST:PORT`)
  }
  const parts = rest.split('@')
  const [, address, name, digits] = place.exec(parts.pop() ?? '') ?? []
  const host = address ?? name ?? refuse('what follows the last @ is no HOST or HOST:PORT')
  const port = digits === undefined ? undefined : Number(digits)
  if (port === 0 || (port ?? 1) > greatestPort) refuse(`ports are 1 to ${greatestPort}`)
  const titles = parts.map(
    (part) => aeTitleOf(part) ?? refuse('AE titles have 1 to 16 characters of ASCII without backslash'),
  )
  const calledAeTitle = titles.pop() ?? refuse('it names no AE title')
  const callingAeTitle = titles.pop()
  if (titles.length > 0) refuse('it names more than two AE titles')
  return { isEncrypted: secure !== '', host, port, calledAeTitle, callingAeTitle }
}

/** Returns undefined for what is no AE title. */
function aeTitleOf(encoded: string): string | undefined {
  try {
    const title = decodeURIComponent(encoded)
    return isAeTitle(title) ? title : undefined
  } catch {
    return undefined
  }
}
