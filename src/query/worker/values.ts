import {
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
  type DuckDBValueConverter,
} from "@duckdb/node-api";
import type { Json } from "../../model/json.ts";

type Parts = Record<string, DuckDBValue>;

/** A value as JSON: a number where JSON's numbers can hold it, text where not. */
export const toJson: DuckDBValueConverter<Json> = (value, type, converter) => {
  if (value === null || value === undefined) return null;
  switch (typeof value) {
    case "boolean":
    case "string":
      return value;
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "bigint":
      return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
    default:
      return ofObject(value, type, converter) as Json;
  }
};

function ofObject(
  value: object,
  type: DuckDBType,
  converter: DuckDBValueConverter<Json>,
): Json | undefined {
  const deeper = (one: DuckDBValue, its: DuckDBType) => converter(one, its, converter) as Json;
  switch (type.typeId) {
    case DuckDBTypeId.LIST:
    case DuckDBTypeId.ARRAY: {
      const { valueType } = type as { valueType: DuckDBType } & DuckDBType;
      return (value as { items: DuckDBValue[] }).items.map((one) => deeper(one, valueType));
    }
    case DuckDBTypeId.STRUCT: {
      const { entryNames, entryTypes } = type as DuckDBType & {
        entryNames: string[];
        entryTypes: DuckDBType[];
      };
      const { entries } = value as { entries: Parts };
      return Object.fromEntries(
        entryNames.map((name, i) => [
          name,
          deeper(entries[name] as DuckDBValue, entryTypes[i] as DuckDBType),
        ]),
      );
    }
    case DuckDBTypeId.MAP: {
      const { keyType, valueType } = type as DuckDBType & {
        keyType: DuckDBType;
        valueType: DuckDBType;
      };
      const entries = (
        value as { entries: { key: DuckDBValue; value: DuckDBValue }[] }
      ).entries.map((one) => [deeper(one.key, keyType), deeper(one.value, valueType)] as const);
      // Only text names a member of an object.
      return entries.every(([key]) => typeof key === "string")
        ? Object.fromEntries(entries as [string, Json][])
        : entries.map(([key, of]) => ({ key, value: of }));
    }
    case DuckDBTypeId.UNION: {
      const { tag, value: of } = value as { tag: string; value: DuckDBValue };
      const its = (
        type as DuckDBType & { memberTypeForTag(tag: string): DuckDBType }
      ).memberTypeForTag(tag);
      return deeper(of, its);
    }
    case DuckDBTypeId.DECIMAL:
      return decimal(String(value));
    case DuckDBTypeId.BLOB:
      return `0x${Buffer.from((value as { bytes: Uint8Array }).bytes).toString("hex")}`;
    case DuckDBTypeId.TIMESTAMP_TZ:
      // The library would print it in the zone of this machine.
      return instant(value as { micros: bigint; isFinite: boolean });
    case DuckDBTypeId.TIMESTAMP:
    case DuckDBTypeId.TIMESTAMP_S:
    case DuckDBTypeId.TIMESTAMP_MS:
    case DuckDBTypeId.TIMESTAMP_NS:
      return String(value).replace(" ", "T");
    default:
      return String(value);
  }
}

/** Fifteen digits survive in a number of JSON, whatever they are. */
function decimal(text: string): Json {
  return text.replace(/\D/g, "").replace(/^0+/, "").length <= 15 ? Number(text) : text;
}

function instant({ micros, isFinite: known }: { micros: bigint; isFinite: boolean }): string {
  if (!known) return micros > 0n ? "infinity" : "-infinity";
  const part = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const seconds = Number((micros - part) / 1_000_000n);
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return `${micros} µs`;
  const fraction = part === 0n ? "" : `.${String(part).padStart(6, "0").replace(/0+$/, "")}`;
  return date.toISOString().replace(".000Z", `${fraction}Z`);
}
