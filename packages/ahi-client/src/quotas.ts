/**
 * The operations of the client and the quotas that AHI documents. This entry loads nothing else.
 *
 * @module
 */
export { operations } from './errors/operations.ts'
export type { Operation } from './errors/operations.ts'
export { documentedQuotas } from './model/documented-quotas.ts'
export type { Quota, Quotas } from './model/documented-quotas.ts'
