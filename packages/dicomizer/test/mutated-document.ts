import type { JsonValue } from '@ahi-dicom/ahi-metadata'
import * as fc from 'fast-check'

/** A change at one place of a JSON document. */
interface Mutation {
  /** Index of the place, modulo the number of places. */
  readonly place: number
  readonly change: (value: JsonValue) => JsonValue | undefined
}

type Container = JsonValue[] | { [key: string]: JsonValue }

interface Place {
  readonly container: Container
  readonly key: string
}

/** Returns copies of a document with a few places replaced, removed, renamed, or copied from elsewhere. */
export function mutatedDocument(
  document: JsonValue,
  anyValue: fc.Arbitrary<JsonValue>,
  anyKey: fc.Arbitrary<string>,
): fc.Arbitrary<JsonValue> {
  const mutations = fc.array(mutation(placesOf(document), anyValue, anyKey), { minLength: 1, maxLength: 5 })
  return mutations.map((list) => list.reduce(mutated, document))
}

function mutation(
  places: readonly Place[],
  anyValue: fc.Arbitrary<JsonValue>,
  anyKey: fc.Arbitrary<string>,
): fc.Arbitrary<Mutation> {
  const changes: fc.Arbitrary<Mutation['change']>[] = [
    anyValue.map((value) => () => value),
    fc.nat(places.length - 1).map((index) => () => valueAt(places[index])),
    anyKey.map((key) => (value) => ({ [key]: value })),
    fc.constantFrom<Mutation['change'][]>(
      () => undefined,
      () => null,
      (value) => [value],
      (value) => [value, value],
      (value) => (typeof value === 'string' ? value.slice(1) : value),
      (value) => (typeof value === 'string' ? Number(value) : JSON.stringify(value)),
      (value) => (Array.isArray(value) ? (value[0] ?? null) : value),
      (value) => nested(value, 60),
    ),
    fc.tuple(anyKey, anyValue).map(
      ([key, added]) =>
        (value) =>
          isMap(value) ? { ...value, [key]: added } : added,
    ),
  ]
  return fc.record({ place: fc.nat(), change: fc.oneof(...changes) })
}

function nested(value: JsonValue, depth: number): JsonValue {
  return depth === 0 ? value : [{ ContentSequence: nested(value, depth - 1) }]
}

function mutated(document: JsonValue, { place, change }: Mutation): JsonValue {
  const copy = structuredClone(document)
  const places = placesOf(copy)
  const chosen = places[place % Math.max(1, places.length)]
  if (chosen === undefined) return copy
  const { container, key } = chosen
  const value = change(valueAt(chosen))
  if (Array.isArray(container)) container.splice(Number(key), 1, ...(value === undefined ? [] : [value]))
  else if (value === undefined) delete container[key]
  else Object.defineProperty(container, key, { value, enumerable: true, configurable: true, writable: true })
  return copy
}

function valueAt(place: Place | undefined): JsonValue {
  if (place === undefined) return null
  const { container, key } = place
  return (Array.isArray(container) ? container[Number(key)] : container[key]) ?? null
}

function placesOf(value: JsonValue): Place[] {
  if (typeof value !== 'object' || value === null) return []
  const container: Container = value
  return Object.entries(container).flatMap(([key, child]) => [{ container, key }, ...placesOf(child)])
}

function isMap(value: JsonValue): value is { [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
