import { BlockList, isIP } from "node:net";

/**
 * Whether `NO_PROXY` names the host of this URL. It is read as Go and curl read it: hosts are separated by commas or
 * blanks; a host includes its subdomains, with or without a dot before it. An entry may also be an address, a range of
 * addresses (`10.0.0.0/8`), or `*` for everything, and a host may have a port. Names are not looked up, so a range never
 * matches a name.
 */
export function isExcluded(url: URL, noProxy: string): boolean {
  const host = withoutBrackets(url.hostname.toLowerCase());
  const port = url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port;
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => entry !== "" && isNamed(host, port, entry));
}

function isNamed(host: string, port: string, entry: string): boolean {
  if (entry === "*") return true;
  if (entry.includes("/")) return isInRange(host, entry);
  if (isIP(entry) !== 0) return isSameAddress(host, entry);
  const [, name = entry, ofPort] = /^(.*):(\d+)$/.exec(entry) ?? [];
  if (ofPort !== undefined && ofPort !== port) return false;
  const bare = withoutBrackets(name);
  if (isIP(bare) !== 0) return isSameAddress(host, bare);
  const domain = bare.replace(/^\*?\./, "").replace(/\.$/, "");
  if (domain === "" || isIP(host) !== 0) return false;
  const asked = host.replace(/\.$/, "");
  return asked === domain || asked.endsWith(`.${domain}`);
}

function isInRange(host: string, range: string): boolean {
  const [, address = "", bits = ""] = /^(.+)\/(\d{1,3})$/.exec(range) ?? [];
  const network = withoutBrackets(address);
  const version = isIP(network);
  // A range that can't be read names nothing, as in Go.
  if (version === 0 || isIP(host) !== version || Number(bits) > (version === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family(version));
  return list.check(host, family(version));
}

/** Compares addresses and not texts: an IPv6 address can be written in several ways. */
function isSameAddress(host: string, address: string): boolean {
  return isInRange(host, `${address}/${isIP(address) === 4 ? 32 : 128}`);
}

function family(version: number): "ipv4" | "ipv6" {
  return version === 4 ? "ipv4" : "ipv6";
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/, "$1");
}
