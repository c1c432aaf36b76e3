def test_pg(copy_of_migrated):
    import collections
    import time

    from tests.storage.claims import accepted, refused_by
    from tests.storage.mutants_postgresql import Mutant, PostgresqlLaboratory

    lab = PostgresqlLaboratory(copy_of_migrated("mutants"))
    claims = [*refused_by("postgresql"), *accepted()]
    ms = lab.mutants()
    print(collections.Counter(m.kind for m in ms), len(claims))
    t = time.time()
    print(lab.fate(Mutant("none", "none", "", "SELECT 1"), claims), time.time() - t)
    t = time.time()
    c = collections.Counter()
    for m in ms:
        t1 = time.time()
        f = lab.fate(m, claims)
        how = f.how.split(":")[0].split(" as")[0]
        c[(m.kind, how)] += 1
        if f.how != "let it through":
            print(m.kind, m.name, f.how, f.claim, round(time.time() - t1, 2))
    print(time.time() - t)
    for k in sorted(c):
        print(k, c[k])
    lab.close()
