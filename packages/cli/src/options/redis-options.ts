/** Options that say how Redis is reached. */
export interface RedisOptions {
  /** May hold a password, and is not to be shown. */
  readonly redis?: string
  readonly redisUser?: string
  /** Paths of files in PEM. */
  readonly redisCa?: string
  readonly redisCert?: string
  readonly redisKey?: string
  readonly redisPrefix?: string
}
