/**
 * Reads from AWS HealthImaging: data stores, image sets, metadata and frames, with retries and cancellation.
 *
 * @module
 */
export { createAhiClient } from './client.ts'
export type {
  AhiClient,
  AhiClientOptions,
  AhiListOptions,
  AhiRequestOptions,
  GetDatastoreOptions,
  GetImageFrameOptions,
  GetImageSetOptions,
  ImageFrameData,
  ListDatastoresOptions,
  ListImageSetVersionsOptions,
  SearchImageSetsOptions,
} from './client.ts'
export type { Datastore, DatastoreStatus, DatastoreSummary } from './datastore.ts'
export {
  AhiAccessDeniedError,
  AhiConflictError,
  AhiCredentialsError,
  AhiError,
  AhiNotFoundError,
  AhiResponseError,
  AhiThrottledError,
  AhiUnavailableError,
  AhiValidationError,
  isAhiError,
} from './errors.ts'
export type { AhiErrorCode, AhiErrorOptions, AhiRequestIdentifiers } from './errors.ts'
export type { ImageSet, ImageSetSummary, ImageSetVersion } from './image-set.ts'
export type { DateRange, ImageSetFilters, ImageSetSort, StudyDateTimeRange } from './search-criteria.ts'
export type { AhiCredentials } from './signature.ts'
