import { ServiceError } from '../operation/service-error.ts'

/** A media range of an Accept header (RFC 9110 12.5.1). */
export interface MediaRange {
  /** Lower case, such as `application/dicom`, or with asterisks. */
  readonly mediaType: string
  /** By name in lower case; values without their quotes. */
  readonly parameters: ReadonlyMap<string, string>
  readonly quality: number
}

/** What a client takes, the one it likes best first; everything without an Accept header. */
export function acceptedRanges(accept: string | undefined): readonly MediaRange[] {
  return splitOutsideQuotes(accept === undefined || accept.trim() === '' ? '*/*' : accept, ',')
    .map(readMediaRange)
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality)
}

/** Whether a media type is of a range: the same, or one of `type/*`. */
export function isOfRange(mediaType: string, range: string): boolean {
  const [type = ''] = mediaType.split('/')
  return [mediaType, `${type}/*`, '*/*'].includes(range)
}

/**
 * The transfer syntaxes in which a client takes a media type, the one it likes best first: UIDs, and `*` for the stored
 * one. Without an Accept header, and for ranges that name none, `byDefault`. Empty where no range matches.
 */
export function acceptedTransferSyntaxes(
  accept: string | undefined,
  { mediaType, byDefault }: { readonly mediaType: string; readonly byDefault: string },
): readonly string[] {
  const accepted = acceptedRanges(accept)
    .filter((range) => isOfRange(mediaType, range.mediaType))
    .map(({ parameters }) => parameters.get('transfer-syntax') ?? byDefault)
  return [...new Set(accepted)]
}

/**
 * Checks that a client takes a media type.
 * @throws {ServiceError} NotAcceptableException
 */
export function requireAccepted(accept: string | undefined, mediaType: string): void {
  if (acceptedRanges(accept).some((range) => isOfRange(mediaType, range.mediaType))) return
  throw new ServiceError('NotAcceptableException', `The answer is available as ${mediaType} alone`)
}

/** Reads one media range, or a Content-Type, which has the same form. */
export function readMediaRange(range: string): MediaRange {
  const [mediaType = '', ...parameters] = splitOutsideQuotes(range, ';')
  const byName = new Map(parameters.map(readParameter))
  return { mediaType: mediaType.toLowerCase(), parameters: byName, quality: Number(byName.get('q') ?? 1) }
}

function readParameter(parameter: string): [name: string, value: string] {
  const [name = '', ...value] = parameter.split('=')
  return [
    name.trim().toLowerCase(),
    value
      .join('=')
      .trim()
      .replace(/^"(.*)"$/, '$1'),
  ]
}

function splitOutsideQuotes(text: string, separator: ',' | ';'): string[] {
  const parts = text.match(separator === ',' ? /(?:"[^"]*"|[^,"])+/g : /(?:"[^"]*"|[^;"])+/g) ?? []
  return parts.map((part) => part.trim())
}
