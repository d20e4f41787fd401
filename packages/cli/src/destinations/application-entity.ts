import { isAeTitle } from '@ahi-dicom/exporter-dimse/ae-title'
import { UsageError } from '../errors.ts'

/** A DICOM application entity: its address and the AE titles of the association. */
export interface ApplicationEntity {
  readonly isEncrypted: boolean
  readonly host: string
  readonly port: number | undefined
  readonly calledAeTitle: string
  readonly callingAeTitle: string | undefined
}

const schemes = /^dicom(s?):\/\/(.*)$/iu
/** Host name or address, and an optional port. */
const place = /^(?:\[([0-9a-f:.]+)\]|([^:[\]/?#@\s]+))(?::(\d{1,5}))?\/?$/iu
const greatestPort = 65_535

/**
 * Returns the application entity of a text such as `dicom://CALLING@CALLED@HOST:104`. AE titles may be percent-encoded.
 * Returns undefined for other schemes.
 *
 * @throws {UsageError} if the rest of the text is malformed
 */
export function parseEntity(text: string): ApplicationEntity | undefined {
  const [, secure, rest] = schemes.exec(text) ?? []
  if (rest === undefined) return undefined
  const refuse = (why: string): never => {
    throw new UsageError(`Cannot use '${text}' as destination: ${why}; give dicom://[CALLING@]CALLED@HOST:PORT`)
  }
  const parts = rest.split('@')
  const [, address, name, digits] = place.exec(parts.pop() ?? '') ?? []
  const host = address ?? name ?? refuse('the text after the last @ must be HOST or HOST:PORT')
  const port = digits === undefined ? undefined : Number(digits)
  if (port === 0 || (port ?? 1) > greatestPort) refuse(`the port must be 1 to ${greatestPort}`)
  const titles = parts.map(
    (part) => aeTitleOf(part) ?? refuse('AE titles must have 1 to 16 ASCII characters, without backslash'),
  )
  const calledAeTitle = titles.pop() ?? refuse('it has no AE title')
  const callingAeTitle = titles.pop()
  if (titles.length > 0) refuse('it has more than two AE titles')
  return { isEncrypted: secure !== '', host, port, calledAeTitle, callingAeTitle }
}

/** Returns the decoded AE title, or undefined if it is malformed. */
function aeTitleOf(encoded: string): string | undefined {
  try {
    const title = decodeURIComponent(encoded)
    return isAeTitle(title) ? title : undefined
  } catch {
    return undefined
  }
}
