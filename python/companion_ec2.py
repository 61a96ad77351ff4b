"""What EC2 has and ministack 1.5.33 has not, as far as clusters meet it.

Key pairs keep their tags, type and time, are found by filters and deleted by their id, and a second one of a name is
refused; the fingerprint of an imported key is that of its bytes (EC2's API reference: ImportKeyPair, DescribeKeyPairs,
DeleteKeyPair; user guide: "Verify the fingerprint of your key pair"). A security group that an instance is in, or that
a rule of another group names, is not deleted (API reference, DeleteSecurityGroup: DependencyViolation). The default VPC
reaches the internet (VPC user guide, "Default VPC components").
"""

import base64
import hashlib
import time


def mend(ec2):
    actions = ec2._ACTION_MAP
    make, delete_group = actions["CreateKeyPair"], actions["DeleteSecurityGroup"]
    make_vpc = actions["CreateDefaultVpc"]

    def made(name, tags):
        pair = ec2._key_pairs[name]
        pair["KeyType"] = "rsa"
        pair["CreateTime"] = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
        ec2._parse_tag_specs(tags, "key-pair", pair["KeyPairId"])

    def create_key_pair(p):
        answer = make(p)
        if answer[0] == 200:
            made(ec2._p(p, "KeyName"), p)
        return answer

    def import_key_pair(p):
        name = ec2._p(p, "KeyName")
        if not name:
            return ec2._error("MissingParameter", "The request must contain the parameter KeyName", 400)
        if name in ec2._key_pairs:
            return ec2._error("InvalidKeyPair.Duplicate", f"The keypair already exists: {name}", 400)
        try:
            kind, blob = base64.b64decode(ec2._p(p, "PublicKeyMaterial"), validate=True).split()[:2]
            blob = base64.b64decode(blob, validate=True)
            if kind != b"ssh-rsa":
                raise ValueError(kind)
        except ValueError:
            return ec2._error("InvalidKey.Format", "Key is not in valid OpenSSH public key format", 400)
        digest = hashlib.md5(public_key_info(blob)).hexdigest()
        fingerprint = ":".join(digest[at : at + 2] for at in range(0, 32, 2))
        key_id = f"key-{ec2.new_uuid().replace('-', '')[:17]}"
        ec2._key_pairs[name] = {"KeyName": name, "KeyFingerprint": fingerprint, "KeyPairId": key_id}
        made(name, p)
        return ec2._xml(
            200,
            "ImportKeyPairResponse",
            f"<keyName>{ec2._esc(name)}</keyName><keyFingerprint>{fingerprint}</keyFingerprint>"
            f"<keyPairId>{key_id}</keyPairId>{ec2._tag_set_xml(key_id)}",
        )

    def describe_key_pairs(p):
        names, ids = ec2._parse_member_list(p, "KeyName"), ec2._parse_member_list(p, "KeyPairId")
        filters = ec2._parse_filters(p)
        for name in names:
            if name not in ec2._key_pairs:
                return ec2._error("InvalidKeyPair.NotFound", f"The key pair '{name}' does not exist", 400)
        items = ""
        for pair in ec2._key_pairs.values():
            key_id = pair["KeyPairId"]
            by = {"key-name": pair["KeyName"], "key-pair-id": key_id, "fingerprint": pair["KeyFingerprint"]}
            if names and pair["KeyName"] not in names or ids and key_id not in ids:
                continue
            if not all(any(ec2._glob_match(one, by[f]) for one in filters[f]) for f in by if f in filters):
                continue
            if not ec2._resource_matches_tag_filters(key_id, filters):
                continue
            items += (
                f"<item><keyName>{ec2._esc(pair['KeyName'])}</keyName>"
                f"<keyFingerprint>{pair['KeyFingerprint']}</keyFingerprint><keyPairId>{key_id}</keyPairId>"
                f"<keyType>{pair.get('KeyType', 'rsa')}</keyType>"
                f"<createTime>{pair.get('CreateTime', '')}</createTime>{ec2._tag_set_xml(key_id)}</item>"
            )
        return ec2._xml(200, "DescribeKeyPairsResponse", f"<keySet>{items}</keySet>")

    def delete_key_pair(p):
        name, key_id = ec2._p(p, "KeyName"), ec2._p(p, "KeyPairId")
        for pair in list(ec2._key_pairs.values()):
            if pair["KeyName"] == name or pair["KeyPairId"] == key_id:
                ec2._key_pairs.pop(pair["KeyName"], None)
                ec2._tags.pop(pair["KeyPairId"], None)
        return ec2._xml(200, "DeleteKeyPairResponse", "<return>true</return>")

    def delete_security_group(p):
        group = ec2._p(p, "GroupId")
        if is_used(ec2, group):
            return ec2._error("DependencyViolation", f"resource {group} has a dependent object", 400)
        answer = delete_group(p)
        if answer[0] == 200:
            ec2._tags.pop(group, None)
        return answer

    def create_default_vpc(p):
        answer = make_vpc(p)
        reach_internet(ec2)
        return answer

    init = ec2._init_defaults

    def init_defaults():
        init()
        reach_internet(ec2)

    ec2._init_defaults = init_defaults
    actions.update(
        {
            "CreateDefaultVpc": create_default_vpc,
            "CreateKeyPair": create_key_pair,
            "ImportKeyPair": import_key_pair,
            "DescribeKeyPairs": describe_key_pairs,
            "DeleteKeyPair": delete_key_pair,
            "DeleteSecurityGroup": delete_security_group,
        }
    )


def reach_internet(ec2):
    for vpc in ec2._vpcs.values():
        table = ec2._route_tables.get(vpc.get("MainRouteTableId") or "rtb-00000001")
        if not vpc.get("IsDefault") or table is None:
            continue
        if any(route.get("DestinationCidrBlock") == "0.0.0.0/0" for route in table["Routes"]):
            continue
        for gateway in ec2._internet_gateways.values():
            if any(one.get("VpcId") == vpc["VpcId"] for one in gateway.get("Attachments", [])):
                route = {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway["InternetGatewayId"]}
                table["Routes"].append({**route, "State": "active", "Origin": "CreateRoute"})


def is_used(ec2, group):
    for instance in ec2._instances.values():
        if instance.get("State", {}).get("Name") == "terminated":
            continue
        if any(one.get("GroupId") == group for one in instance.get("SecurityGroups", [])):
            return True
    for other in ec2._security_groups.values():
        if other["GroupId"] == group:
            continue
        for rule in other.get("IpPermissions", []) + other.get("IpPermissionsEgress", []):
            pairs = rule.get("UserIdGroupPairs", [])
            if any((pair.get("GroupId") if isinstance(pair, dict) else pair) == group for pair in pairs):
                return True
    return False


def public_key_info(blob):
    """An RSA key of SSH (RFC 4253, 6.6) as X.509 has it (RFC 3279, 2.3.1)."""
    numbers, at = [], 0
    while at < len(blob):
        size = int.from_bytes(blob[at : at + 4], "big")
        numbers.append(blob[at + 4 : at + 4 + size])
        at += 4 + size
    e, n = numbers[1], numbers[2]
    rsa = bytes.fromhex("06092a864886f70d0101010500")
    return der(0x30, der(0x30, rsa) + der(0x03, b"\0" + der(0x30, der(0x02, n) + der(0x02, e))))


def der(kind, content):
    size = len(content)
    if size < 128:
        return bytes([kind, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([kind, 0x80 | len(length)]) + length + content
