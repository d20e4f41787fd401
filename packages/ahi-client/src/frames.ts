/**
 * Reads frames and whole instances in other threads, with the access that an `AhiClient` shared.
 *
 * @module
 */
export type { ImageFrameData } from './api/ahi-client.ts'
export { createFrameClient } from './api/frame-client.ts'
export type { FrameClient, FrameClientOptions } from './api/frame-client.ts'
export type { SharedAccess } from './api/shared-access.ts'
export { isAhiError } from './errors/errors.ts'
export type { AhiError, AhiErrorCode } from './errors/errors.ts'
export type { ReceiveMemory } from './http/receive-memory.ts'
export type { StreamedBytes } from './http/streamed-bytes.ts'
export type { AhiRequestOptions, GetDICOMInstanceOptions, GetImageFrameOptions } from './model/request-options.ts'
export { createLimiter } from './timing/limiter.ts'
export type { Limiter, Reservation, ReserveOptions } from './timing/limiter.ts'
