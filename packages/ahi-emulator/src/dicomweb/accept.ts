/** A media range of an Accept header (RFC 9110 12.5.1). */
interface MediaRange {
  /** Lower case, such as `application/dicom`, or with asterisks. */
  readonly mediaType: string
  /** By name in lower case; values without their quotes. */
  readonly parameters: ReadonlyMap<string, string>
  readonly quality: number
}

/**
 * The transfer syntaxes in which a client takes a media type, the one it likes best first: UIDs, and `*` for the stored
 * one. Without an Accept header, and for ranges that name none, `byDefault`. Empty where no range matches.
 */
export function acceptedTransferSyntaxes(
  accept: string | undefined,
  { mediaType, byDefault }: { readonly mediaType: string; readonly byDefault: string },
): readonly string[] {
  if (accept === undefined || accept.trim() === '') return [byDefault]
  const [type = ''] = mediaType.split('/')
  const accepted = mediaRanges(accept)
    .filter((range) => [mediaType, `${type}/*`, '*/*'].includes(range.mediaType) && range.quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ parameters }) => parameters.get('transfer-syntax') ?? byDefault)
  return [...new Set(accepted)]
}

function mediaRanges(accept: string): MediaRange[] {
  return splitOutsideQuotes(accept, ',').map((range) => {
    const [mediaType = '', ...parameters] = splitOutsideQuotes(range, ';')
    const byName = new Map(parameters.map(readParameter))
    return { mediaType: mediaType.toLowerCase(), parameters: byName, quality: Number(byName.get('q') ?? 1) }
  })
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
