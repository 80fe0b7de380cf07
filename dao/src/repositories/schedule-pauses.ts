const asJson = (instant: string) => `to_char(${instant} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
/** An instant as JSON holds it, of the database's clock. */
export const NOW_JSON = asJson('clock_timestamp()');

const begin = (
  at: string,
) => `CASE WHEN jsonb_path_exists("pauses", '$[*] ? (!exists(@.until))') THEN "pauses"
  ELSE "pauses" || jsonb_build_array(jsonb_build_object('from', ${at})) END`;
/** A pause that begins now, unless one lasts. */
export const BEGIN_PAUSE = begin(NOW_JSON);
/** A pause that began after its firings were looked at the last time. */
export const BEGIN_PAUSE_BEFORE = begin(asJson('"dueKnownUntil"'));
/** The pause that lasts ends now. */
export const END_PAUSE = `COALESCE((SELECT jsonb_agg(CASE WHEN "each" ? 'until' THEN "each"
    ELSE "each" || jsonb_build_object('until', ${NOW_JSON}) END)
  FROM jsonb_array_elements("pauses") AS "each"), '[]')`;
