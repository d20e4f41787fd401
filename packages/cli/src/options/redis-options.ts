/** Options for the connection to Redis. */
export interface RedisOptions {
  /** May hold a password. Do not print it. */
  readonly redis?: string
  readonly redisUser?: string
  /** Path of a PEM file. */
  readonly redisCa?: string
  readonly redisCert?: string
  readonly redisKey?: string
  readonly redisPrefix?: string
}
