import { createInputCheck, type InputCheck } from '../operation/input-check.ts'
import type { OperationRequest } from '../operation/operation.ts'

/** Path template of the operations on a study. */
export const studyRoute = '/datastore/{datastoreId}/studies/{study}'
/** Path template of the operations on a series. */
export const seriesRoute: string = `${studyRoute}/series/{series}`
/** Path template of the operations on an instance. */
export const instanceRoute: string = `${seriesRoute}/instances/{instance}`

/** The identifiers in the path and query of a request on a series. */
export interface SeriesPath {
  readonly datastoreId: string
  readonly studyInstanceUid: string
  readonly seriesInstanceUid: string
  /** If `undefined`, only primary image sets are searched. */
  readonly imageSetId: string | undefined
}

/** The identifiers in the path and query of a request on an instance. */
export interface InstancePath extends SeriesPath {
  readonly sopInstanceUid: string
}

type Named = Pick<OperationRequest, 'parameters' | 'query'>

/** The same UIDs as imports accept: they may be longer than PS3.5 allows, but contain no other characters. */
const uidConstraint = { longest: 256, pattern: '[0-9.]+' }

/**
 * Reads the identifiers in a request of {@link seriesRoute}.
 * @throws {ServiceError} ValidationException if one is invalid
 */
export function readSeriesPath(named: Named): SeriesPath {
  const check = createInputCheck()
  const path = seriesPath(named, check)
  check.finish()
  return path
}

/**
 * Reads the identifiers in a request of {@link instanceRoute}.
 * @throws {ServiceError} ValidationException if one is invalid
 */
export function readInstancePath(named: Named): InstancePath {
  const check = createInputCheck()
  const path = {
    ...seriesPath(named, check),
    sopInstanceUid: checkUid(named.parameters['instance'], 'sopInstanceUID', check),
  }
  check.finish()
  return path
}

/** Reads a UID in a path. Adds failed constraints to `check`. */
export function checkUid(value: string | undefined, name: string, check: InputCheck): string {
  return check.text(value, name, uidConstraint)
}

function seriesPath({ parameters, query }: Named, check: InputCheck): SeriesPath {
  const imageSetId = query.get('imageSetId') ?? undefined
  return {
    datastoreId: check.id(parameters['datastoreId'], 'datastoreId'),
    studyInstanceUid: checkUid(parameters['study'], 'studyInstanceUID', check),
    seriesInstanceUid: checkUid(parameters['series'], 'seriesInstanceUID', check),
    imageSetId: imageSetId === undefined ? undefined : check.id(imageSetId, 'imageSetId'),
  }
}
