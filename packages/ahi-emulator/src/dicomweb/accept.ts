import { ServiceError } from '../operation/service-error.ts'

/** A media range of an Accept header (RFC 9110 12.5.1). */
export interface MediaRange {
  /** In lower case, such as `application/dicom` or `image/*`. */
  readonly mediaType: string
  /** Values without quotes, by lower-case name. */
  readonly parameters: ReadonlyMap<string, string>
  readonly quality: number
}

/** Returns the media ranges that a client accepts, the preferred one first. Without an Accept header: all types. */
export function acceptedRanges(accept: string | undefined): readonly MediaRange[] {
  return splitOutsideQuotes(accept === undefined || accept.trim() === '' ? '*/*' : accept, ',')
    .map(readMediaRange)
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality)
}

/** Returns true if a media type is in a range: equal to it, or matched by `type/*`. */
export function isOfRange(mediaType: string, range: string): boolean {
  const [type = ''] = mediaType.split('/')
  return [mediaType, `${type}/*`, '*/*'].includes(range)
}

/**
 * Returns the transfer syntaxes that a client accepts for a media type, the preferred one first: UIDs, or `*` for the
 * stored one. Ranges without a transfer syntax, and a missing Accept header, stand for `byDefault`. Empty if no range
 * matches.
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
 * Checks that a client accepts a media type.
 * @throws {ServiceError} NotAcceptableException if it does not
 */
export function requireAccepted(accept: string | undefined, mediaType: string): void {
  if (acceptedRanges(accept).some((range) => isOfRange(mediaType, range.mediaType))) return
  throw new ServiceError('NotAcceptableException', `The answer is only available as ${mediaType}`)
}

/** Parses a media range, or a Content-Type, which has the same form. */
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
