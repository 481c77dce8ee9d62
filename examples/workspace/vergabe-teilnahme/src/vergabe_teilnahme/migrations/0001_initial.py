from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = ()
    operations = (
        migrations.CreateModel(
            name="Participation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        primary_key=True, serialize=False, auto_created=True, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("authority", models.CharField(max_length=200)),
                ("deadline", models.DateField()),
                (
                    "state",
                    models.CharField(
                        max_length=20,
                        choices=[
                            ("open", "Open"),
                            ("in progress", "In progress"),
                            ("done", "Done"),
                            ("rejected", "Rejected"),
                        ],
                        default="open",
                    ),
                ),
            ],
            options={"ordering": ("deadline",)},
        ),
    )
