import { createInputCheck, type InputCheck } from '../operation/input-check.ts'
import type { OperationRequest } from '../operation/operation.ts'

/** Where the operations on one study are. */
export const studyRoute = '/datastore/{datastoreId}/studies/{study}'
/** Where the operations on one series are. */
export const seriesRoute: string = `${studyRoute}/series/{series}`
/** Where the operations on one instance are. */
export const instanceRoute: string = `${seriesRoute}/instances/{instance}`

/** What the path and the query of a request on a series name. */
export interface SeriesPath {
  readonly datastoreId: string
  readonly studyInstanceUid: string
  readonly seriesInstanceUid: string
  /** Without it, primary image sets alone are looked at. */
  readonly imageSetId: string | undefined
}

/** What the path and the query of a request on an instance name. */
export interface InstancePath extends SeriesPath {
  readonly sopInstanceUid: string
}

type Named = Pick<OperationRequest, 'parameters' | 'query'>

/** UIDs as they are imported: longer than PS3.5 allows, never with another character. */
const uidConstraint = { longest: 256, pattern: '[0-9.]+' }

/**
 * Reads what a request of {@link seriesRoute} names.
 * @throws {ServiceError} ValidationException
 */
export function readSeriesPath(named: Named): SeriesPath {
  const check = createInputCheck()
  const path = seriesPath(named, check)
  check.finish()
  return path
}

/**
 * Reads what a request of {@link instanceRoute} names.
 * @throws {ServiceError} ValidationException
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

/** Checks a UID of a path. */
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
