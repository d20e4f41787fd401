/**
 * Reads from AWS HealthImaging: data stores, image sets, metadata, frames and whole instances, with retries and cancellation.
 *
 * @module
 */
export type { AhiClient, ImageFrameData } from './api/ahi-client.ts'
export { createAhiClient } from './api/client.ts'
export type { AhiClientOptions } from './api/client.ts'
export type { SharedAccess, ShareAccessOptions } from './api/shared-access.ts'
export type { AhiCredentials } from './model/credentials.ts'
export type { Datastore, DatastoreStatus, DatastoreSummary } from './model/datastore.ts'
export {
  AhiAccessDeniedError,
  AhiConflictError,
  AhiCredentialsError,
  AhiError,
  AhiNotAcceptableError,
  AhiNotFoundError,
  AhiOutageError,
  AhiResponseError,
  AhiThrottledError,
  AhiTooLargeError,
  AhiUnavailableError,
  AhiValidationError,
  isAhiError,
} from './errors/errors.ts'
export type { AhiErrorCode, AhiErrorOptions, AhiRequestIdentifiers } from './errors/errors.ts'
export type { Operation } from './errors/operations.ts'
export { documentedQuotas } from './model/documented-quotas.ts'
export type { Quota, Quotas } from './model/documented-quotas.ts'
export type { ImageSet, ImageSetSummary, ImageSetVersion } from './model/image-set.ts'
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
} from './model/request-options.ts'
export type { DateRange, ImageSetFilters, ImageSetSort, StudyDateTimeRange } from './model/search-criteria.ts'
export type { StreamedBytes } from './http/streamed-bytes.ts'
export type { ServiceOutage } from './timing/watch-outages.ts'
export type { MaxRates } from './timing/paces.ts'
export type { RequestCounts } from './timing/request-counts.ts'
export { createLimiter } from './timing/limiter.ts'
export type { Limiter, Reservation, ReserveOptions } from './timing/limiter.ts'
