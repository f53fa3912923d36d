/// An authority of the tests' own, and a certificate of it for `localhost`, valid till 2120. Made
/// with `openssl ca`; nothing else trusts it.
enum TestPapers {
    static let authority = """
        -----BEGIN CERTIFICATE-----
        MIIBYjCCAQmgAwIBAgIBATAKBggqhkjOPQQDAjAgMR4wHAYDVQQDDBVza2Fma2Eg
        dGVzdCBhdXRob3JpdHkwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBa
        MCAxHjAcBgNVBAMMFXNrYWZrYSB0ZXN0IGF1dGhvcml0eTBZMBMGByqGSM49AgEG
        CCqGSM49AwEHA0IABEs3Ow2YNq33vMSaWusl2BDX3g0z5uU4zgm1AnHco0mjYBPp
        sr/3Q5s1nPuIwiESxb32A+ueCjiaMswyxHieHMGjMjAwMA8GA1UdEwEB/wQFMAMB
        Af8wHQYDVR0OBBYEFLajRMFxbma0R/nseFxsOq5eNlTWMAoGCCqGSM49BAMCA0cA
        MEQCIBkj7m8BYTXZ5y/ZO0Hm+ECdKl8ON2kRN9OjOoIB7cBEAiB3vFJrHHdyxOZu
        abMIetLBFcYbdtTFvr3BRtAOC30bhw==
        -----END CERTIFICATE-----
        """

    static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBfTCCASOgAwIBAgIBAjAKBggqhkjOPQQDAjAgMR4wHAYDVQQDDBVza2Fma2Eg
        dGVzdCBhdXRob3JpdHkwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBa
        MBQxEjAQBgNVBAMMCWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IA
        BC6AqSUk7H60AAoO6PET6md1jQuGsCzmiuo2Tc2Zz+eBSIwKWamA2zY5gMkXCe8K
        ct5zlD5polsa1+OJG+73JFejWDBWMBQGA1UdEQQNMAuCCWxvY2FsaG9zdDAdBgNV
        HQ4EFgQUNOhIaAVs8YIsA9ahwtNok7rFmA0wHwYDVR0jBBgwFoAUtqNEwXFuZrRH
        +ex4XGw6rl42VNYwCgYIKoZIzj0EAwIDSAAwRQIgZXDmKfcC1ivaqo/KKEvByMU+
        ZUiDvoor3CZwZdQsV1gCIQCYVN1CNm+sJESRgWo3qBYeWG/2UtDi6MNefIjwTnJK
        CA==
        -----END CERTIFICATE-----
        """

    static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgsFdp9qGglSjXSO1u
        1qTg+LiXE/S6JGDufhgPuKWhKJKhRANCAAQugKklJOx+tAAKDujxE+pndY0LhrAs
        5orqNk3Nmc/ngUiMClmpgNs2OYDJFwnvCnLec5Q+aaJbGtfjiRvu9yRX
        -----END PRIVATE KEY-----
        """
}
