/** A JSON value. */
export type JsonMember = string | number | boolean | null | readonly JsonMember[] | JsonObject

/** A JSON object. */
export interface JsonObject {
  readonly [name: string]: JsonMember
}
