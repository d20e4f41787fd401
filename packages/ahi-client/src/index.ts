/**
 * Reads from AWS HealthImaging: data stores, image sets, metadata, frames and whole instances, with retries and cancellation.
 *
 * @module
 */
export { createAhiClient } from './client.ts'
export type { AhiClient, AhiClientOptions, ImageFrameData } from './client.ts'
export type { Datastore, DatastoreStatus, DatastoreSummary } from './datastore.ts'
export {
  AhiAccessDeniedError,
  AhiConflictError,
  AhiCredentialsError,
  AhiError,
  AhiNotAcceptableError,
  AhiNotFoundError,
  AhiResponseError,
  AhiThrottledError,
  AhiUnavailableError,
  AhiValidationError,
  isAhiError,
} from './errors.ts'
export type { AhiErrorCode, AhiErrorOptions, AhiRequestIdentifiers } from './errors.ts'
export type { ImageSet, ImageSetSummary, ImageSetVersion } from './image-set.ts'
export type {
  AhiListOptions,
  AhiRequestOptions,
  GetDatastoreOptions,
  GetDICOMInstanceOptions,
  GetImageFrameOptions,
  GetImageSetOptions,
  ListDatastoresOptions,
  ListImageSetVersionsOptions,
  SearchImageSetsOptions,
} from './request-options.ts'
export type { DateRange, ImageSetFilters, ImageSetSort, StudyDateTimeRange } from './search-criteria.ts'
export type { AhiCredentials } from './signature.ts'
export type { StreamedBytes } from './streamed-bytes.ts'
