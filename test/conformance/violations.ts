import { isJsonObject } from './json.ts'
import { shapeOf } from './service-model.ts'
import type { ServiceModel, Shape } from './service-model.ts'

/** A value and where it was found. */
interface Found {
  readonly value: unknown
  readonly path: string
}

/** 2001 to 2286 in seconds: neither milliseconds nor days. */
const EPOCH_SECONDS = { least: 1e9, greatest: 1e10 }

/**
 * Lists the violations of the service's model in a value: members that are missing or unknown, of another type, outside an
 * enumeration, of a length, number or form that is not allowed. Times are epoch seconds, blobs base64.
 */
export function violations(model: ServiceModel, shapeName: string, found: Found): string[] {
  const shape = shapeOf(model, shapeName)
  switch (shape.type) {
    case 'structure':
      return structureViolations(model, shape, found)
    case 'list':
      return listViolations(model, shape, found)
    case 'map':
      return mapViolations(model, shape, found)
    case 'string':
      return stringViolations(shape, found)
    default:
      return scalarViolations(shape, found)
  }
}

function structureViolations(model: ServiceModel, shape: Shape, { value, path }: Found): string[] {
  if (!isJsonObject(value)) return [`${path} is no object`]
  const { members = {}, required = [], union = false } = shape
  const present = Object.entries(value).filter(([, member]) => member !== undefined && member !== null)
  const names = present.map(([name]) => name)
  return [
    ...required.filter((name) => !names.includes(name)).map((name) => `${path}.${name} is missing`),
    ...(union && names.length !== 1 ? [`${path} has ${names.length} members of a union`] : []),
    ...present.flatMap(([name, member]) => {
      const reference = members[name]
      const place = { value: member, path: `${path}.${name}` }
      return reference === undefined ? [`${place.path} is unknown`] : violations(model, reference.shape, place)
    }),
  ]
}

function listViolations(model: ServiceModel, shape: Shape, { value, path }: Found): string[] {
  if (!Array.isArray(value)) return [`${path} is no list`]
  const item = shape.member?.shape ?? ''
  return [
    ...rangeViolations(shape, value.length, `length of ${path}`),
    ...value.flatMap((member: unknown, index) => violations(model, item, { value: member, path: `${path}[${index}]` })),
  ]
}

function mapViolations(model: ServiceModel, shape: Shape, { value, path }: Found): string[] {
  if (!isJsonObject(value)) return [`${path} is no map`]
  const item = shape.value?.shape ?? ''
  return Object.entries(value).flatMap(([key, member]) =>
    violations(model, item, { value: member, path: `${path}[${key}]` }),
  )
}

function stringViolations(shape: Shape, { value, path }: Found): string[] {
  if (typeof value !== 'string') return [`${path} is no string`]
  if (shape.enum !== undefined && !shape.enum.includes(value)) return [`${path} is ${value}, not of its enumeration`]
  if (shape.pattern !== undefined && !new RegExp(`^(?:${shape.pattern})$`, flagsOf(shape.pattern)).test(value)) {
    return [`${path} does not match ${shape.pattern}: ${value}`]
  }
  return rangeViolations(shape, value.length, `length of ${path}`)
}

/** Character properties are only known with the flag `u`, which some of the other patterns do not bear. */
function flagsOf(pattern: string): string {
  return pattern.includes('\\p{') ? 'u' : ''
}

function scalarViolations(shape: Shape, { value, path }: Found): string[] {
  const { least, greatest } = EPOCH_SECONDS
  const isRight = {
    boolean: typeof value === 'boolean',
    integer: Number.isInteger(value),
    timestamp: typeof value === 'number' && value > least && value < greatest,
    blob: typeof value === 'string',
  }[shape.type]
  if (isRight === undefined) throw new TypeError(`Cannot check ${path}: it is a ${shape.type}`)
  if (!isRight) return [`${path} is no ${shape.type}`]
  return typeof value === 'number' ? rangeViolations(shape, value, path) : []
}

function rangeViolations({ min, max }: Shape, value: number, what: string): string[] {
  return [
    ...(min !== undefined && value < min ? [`${what} is ${value}, less than ${min}`] : []),
    ...(max !== undefined && value > max ? [`${what} is ${value}, more than ${max}`] : []),
  ]
}
