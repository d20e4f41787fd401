import * as fc from 'fast-check'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** The replacement of a value in a document. `undefined` removes it. */
const replacement: fc.Arbitrary<Json | undefined> = fc.oneof(
  fc.constantFrom<(Json | undefined)[]>(
    undefined,
    null,
    '',
    [],
    {},
    0,
    -1,
    1,
    65_536,
    2 ** 40,
    'AAE=',
    '1.2',
    '\\',
    '__proto__',
  ),
  fc.string(),
  fc.double({ noDefaultInfinity: true, noNaN: true }),
  fc.array(fc.constantFrom<Json[]>(null, 1, 'a', {}), { maxLength: 3 }),
  fc.constant<Json>({ DICOM: {}, ImageFrames: [null] }),
)

/** The position of a value among all values of a document, and its replacement. */
const edit = fc.record({ at: fc.nat(), by: replacement })

/** Changes the form of a JSON document: replaces, removes and exchanges values. */
export const documentChange: fc.Arbitrary<(text: string) => string> = fc
  .array(edit, { minLength: 1, maxLength: 4 })
  .map((edits) => (text) => {
    let document: Json = JSON.parse(text)
    for (const { at, by } of edits) document = replaceAt(document, at, structuredClone(by))
    return JSON.stringify(document)
  })

/** Changes bytes: replaces some, removes some, repeats some, and cuts off the end. */
export const bytesChange: fc.Arbitrary<(bytes: Uint8Array) => Uint8Array<ArrayBuffer>> = fc
  .array(
    fc.record({
      kind: fc.constantFrom('set', 'set', 'set', 'cut', 'repeat', 'end'),
      at: fc.oneof(fc.nat(200), fc.nat()),
      length: fc.integer({ min: 1, max: 40 }),
      value: fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255)),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((edits) => (bytes) => {
    let changed = Buffer.from(bytes)
    for (const { kind, at, length, value } of edits) {
      if (changed.length === 0) break
      const start = at % changed.length
      const part = changed.subarray(start, start + length)
      if (kind === 'set') changed.fill(value, start, start + 1)
      else if (kind === 'end') changed = Buffer.from(changed.subarray(0, start))
      else
        changed = Buffer.concat([
          changed.subarray(0, start),
          ...(kind === 'repeat' ? [part, part] : []),
          changed.subarray(start + length),
        ])
    }
    return Uint8Array.from(changed)
  })

/** Returns the document with one value replaced. `at` is its position in the text, modulo the number of values. */
function replaceAt(document: Json, at: number, by: Json | undefined): Json {
  const places: { readonly holder: Json[] | { [key: string]: Json }; readonly key: string }[] = []
  const walk = (value: Json): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [key, child] of Object.entries(value)) {
      places.push({ holder: value, key })
      walk(child)
    }
  }
  walk(document)
  const place = places[at % Math.max(1, places.length)]
  if (place === undefined) return by ?? null
  if (by === undefined) Reflect.deleteProperty(place.holder, place.key)
  else
    Object.defineProperty(place.holder, place.key, { value: by, enumerable: true, configurable: true, writable: true })
  return document
}
