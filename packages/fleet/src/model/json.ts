/** A value of JSON. */
export type JsonMember = string | number | boolean | null | readonly JsonMember[] | JsonObject

/** An object of JSON. */
export interface JsonObject {
  readonly [name: string]: JsonMember
}
