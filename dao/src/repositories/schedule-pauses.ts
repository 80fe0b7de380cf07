/** An instant as JSON holds it, of the database's clock. */
export const NOW_JSON = `to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
/** A pause that begins now, unless one lasts. */
export const BEGIN_PAUSE = `CASE WHEN jsonb_path_exists("pauses", '$[*] ? (!exists(@.until))') THEN "pauses"
  ELSE "pauses" || jsonb_build_array(jsonb_build_object('from', ${NOW_JSON})) END`;
/** The pause that lasts ends now. */
export const END_PAUSE = `COALESCE((SELECT jsonb_agg(CASE WHEN "each" ? 'until' THEN "each"
    ELSE "each" || jsonb_build_object('until', ${NOW_JSON}) END)
  FROM jsonb_array_elements("pauses") AS "each"), '[]')`;
